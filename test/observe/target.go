package observe

import (
	"context"
	"fmt"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// scaleTarget is what an observation needs of the object that an HPA scales.
type scaleTarget struct {
	ready    int32
	selector labels.Selector
}

// target looks at a Deployment or a StatefulSet.
func (r *Recorder) target(ctx context.Context, ref autoscalingv2.CrossVersionObjectReference) (scaleTarget, error) {
	var ready int32
	var selector *metav1.LabelSelector
	apps := r.cluster.Client.AppsV1()
	switch ref.Kind {
	case "Deployment":
		d, err := apps.Deployments(r.namespace).Get(ctx, ref.Name, metav1.GetOptions{})
		if err != nil {
			return scaleTarget{}, fmt.Errorf("get the HPA's target: %w", err)
		}
		ready, selector = d.Status.ReadyReplicas, d.Spec.Selector
	case "StatefulSet":
		s, err := apps.StatefulSets(r.namespace).Get(ctx, ref.Name, metav1.GetOptions{})
		if err != nil {
			return scaleTarget{}, fmt.Errorf("get the HPA's target: %w", err)
		}
		ready, selector = s.Status.ReadyReplicas, s.Spec.Selector
	default:
		return scaleTarget{}, fmt.Errorf("the HPA scales a %s %s, want a Deployment or a StatefulSet", ref.Kind, ref.Name)
	}
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return scaleTarget{}, fmt.Errorf("selector of %s %s: %w", ref.Kind, ref.Name, err)
	}
	return scaleTarget{ready, parsed}, nil
}
