package discover

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/scale"
)

// Scales reads the pod selector that an object's scale subresource reports.
type Scales interface {
	Selector(ctx context.Context, namespace string, kind schema.GroupVersionKind, name string) (labels.Selector, error)
}

// ScaleClient reads /scale from the API server. Which kinds there are is looked up when one is first asked for.
type ScaleClient struct {
	mapper meta.RESTMapper
	scales scale.ScalesGetter
}

// NewScaleClient returns a client; it contacts nobody.
func NewScaleClient(config *rest.Config) (*ScaleClient, error) {
	client, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("discovery client: %w", err)
	}
	cached := memory.NewMemCacheClient(client)
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(cached)
	// NewForConfig writes to its configuration.
	scales, err := scale.NewForConfig(rest.CopyConfig(config), mapper, dynamic.LegacyAPIPathResolverFunc,
		scale.NewDiscoveryScaleKindResolver(cached))
	if err != nil {
		return nil, fmt.Errorf("scale client: %w", err)
	}
	return &ScaleClient{mapper: mapper, scales: scales}, nil
}

// Selector implements Scales.
func (c *ScaleClient) Selector(ctx context.Context, namespace string, kind schema.GroupVersionKind, name string) (labels.Selector, error) {
	mapping, err := c.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return nil, fmt.Errorf("resource of kind %s: %w", kind.GroupKind(), err)
	}
	s, err := c.scales.Scales(namespace).Get(ctx, mapping.Resource.GroupResource(), name, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("read scale: %w", err)
	}
	if s.Status.Selector == "" {
		return nil, fmt.Errorf("scale of %s %s/%s reports no selector", kind.Kind, namespace, name)
	}
	return labels.Parse(s.Status.Selector)
}
