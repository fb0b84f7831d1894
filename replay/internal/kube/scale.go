package kube

import (
	"context"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/scale"
)

// ScaleClient reads and writes the scale of the HPA's target. It implements scale.ScalesGetter.
type ScaleClient struct{ cluster *Cluster }

// ScaleClient returns a client for the controller.
func (c *Cluster) ScaleClient() ScaleClient { return ScaleClient{c} }

// Scales implements scale.ScalesGetter.
func (s ScaleClient) Scales(string) scale.ScaleInterface { return targetScale{cluster: s.cluster} }

type targetScale struct {
	scale.ScaleInterface // nil: a call of any other method is a mistake, and panics

	cluster *Cluster
}

// Get implements scale.ScaleInterface.
func (s targetScale) Get(context.Context, schema.GroupResource, string, metav1.GetOptions) (*autoscalingv1.Scale, error) {
	s.cluster.mu.Lock()
	defer s.cluster.mu.Unlock()
	return s.cluster.scale.DeepCopy(), nil
}

// Update implements scale.ScaleInterface.
func (s targetScale) Update(_ context.Context, _ schema.GroupResource, written *autoscalingv1.Scale, _ metav1.UpdateOptions) (*autoscalingv1.Scale, error) {
	c := s.cluster
	c.mu.Lock()
	from, to := c.scale.Spec.Replicas, written.Spec.Replicas
	c.scale.Spec.Replicas = to
	hpa, pods, scale := c.hpa, c.pods, c.scale.DeepCopy()
	c.mu.Unlock()
	if c.rescaled != nil && from != to {
		c.rescaled(hpa, from, to, scale.Status.Replicas, pods)
	}
	return scale, nil
}

// Mapper knows the kind of the HPA's target, and no other.
func (c *Cluster) Mapper() meta.RESTMapper {
	ref := c.HPA().Spec.ScaleTargetRef
	kind := schema.FromAPIVersionAndKind(ref.APIVersion, ref.Kind)
	mapper := meta.NewDefaultRESTMapper([]schema.GroupVersion{kind.GroupVersion()})
	mapper.Add(kind, meta.RESTScopeNamespace)
	return mapper
}
