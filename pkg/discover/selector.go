package discover

import (
	"context"
	"errors"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/informers"
	appslisters "k8s.io/client-go/listers/apps/v1"
)

// errNotWatched marks a failed read of a target that sends no events, which is therefore worth trying again.
var errNotWatched = errors.New("target is not watched")

// selectors finds the label selector of what an HPA scales.
type selectors struct {
	deployments  appslisters.DeploymentLister
	statefulSets appslisters.StatefulSetLister
	replicaSets  appslisters.ReplicaSetLister
	scales       Scales
}

func newSelectors(factory informers.SharedInformerFactory, scales Scales) *selectors {
	apps := factory.Apps().V1()
	return &selectors{apps.Deployments().Lister(), apps.StatefulSets().Lister(), apps.ReplicaSets().Lister(), scales}
}

// of returns the selector of a scale target, from the caches where the kind is watched and from /scale where it is not.
func (s *selectors) of(ctx context.Context, namespace string, ref autoscalingv2.CrossVersionObjectReference) (labels.Selector, error) {
	gv, err := schema.ParseGroupVersion(ref.APIVersion)
	if err != nil {
		return nil, fmt.Errorf("scaleTargetRef.apiVersion: %w", err)
	}
	if gv.Group != appsv1.GroupName || !watched(ref.Kind) {
		selector, err := s.scales.Selector(ctx, namespace, gv.WithKind(ref.Kind), ref.Name)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errNotWatched, err)
		}
		return selector, nil
	}
	selector, err := s.cached(namespace, ref)
	if err != nil {
		return nil, err
	}
	return metav1.LabelSelectorAsSelector(selector)
}

func watched(kind string) bool {
	return kind == "Deployment" || kind == "StatefulSet" || kind == "ReplicaSet"
}

func (s *selectors) cached(namespace string, ref autoscalingv2.CrossVersionObjectReference) (*metav1.LabelSelector, error) {
	var object any
	var err error
	switch ref.Kind {
	case "Deployment":
		object, err = s.deployments.Deployments(namespace).Get(ref.Name)
	case "StatefulSet":
		object, err = s.statefulSets.StatefulSets(namespace).Get(ref.Name)
	default:
		object, err = s.replicaSets.ReplicaSets(namespace).Get(ref.Name)
	}
	if err != nil {
		return nil, err
	}
	return selectorOf(object), nil
}

// sameSelector says whether an event left an object's selector, and the object itself, as it was.
func sameSelector(before, after any) bool {
	return apiequality.Semantic.DeepEqual(selectorOf(before), selectorOf(after))
}

func selectorOf(object any) *metav1.LabelSelector {
	switch o := object.(type) {
	case *appsv1.Deployment:
		return o.Spec.Selector
	case *appsv1.StatefulSet:
		return o.Spec.Selector
	case *appsv1.ReplicaSet:
		return o.Spec.Selector
	default:
		return nil
	}
}
