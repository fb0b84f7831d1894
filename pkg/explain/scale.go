package explain

import (
	"context"
	"errors"
	"fmt"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

// ScaleReader reads scale subresources of any kind. Its errors continue a sentence whose subject is the target.
type ScaleReader struct {
	Client dynamic.Interface
	Mapper meta.RESTMapper // says which resource a kind is
}

// Scale returns an HPA's target's scale.
func (s ScaleReader) Scale(ctx context.Context, namespace string, ref autoscalingv2.CrossVersionObjectReference) (*autoscalingv1.Scale, error) {
	gv, err := schema.ParseGroupVersion(ref.APIVersion)
	if err != nil {
		return nil, fmt.Errorf("has a bad apiVersion: %w", err)
	}
	mapping, err := s.Mapper.RESTMapping(gv.WithKind(ref.Kind).GroupKind(), gv.Version)
	if meta.IsNoMatchError(err) {
		return nil, fmt.Errorf("is of a kind that the cluster does not have (%s)", gv.WithKind(ref.Kind).GroupKind())
	}
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	object, err := s.Client.Resource(mapping.Resource).Namespace(namespace).Get(ctx, ref.Name, metav1.GetOptions{}, "scale")
	switch {
	case apierrors.IsNotFound(err):
		return nil, errors.New("does not exist")
	case err != nil:
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	scale := &autoscalingv1.Scale{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, scale); err != nil {
		return nil, fmt.Errorf("has a scale that cannot be read: %w", err)
	}
	return scale, nil
}
