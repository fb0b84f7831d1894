package simulate

import (
	"context"
	"sync/atomic"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/metrics/pkg/apis/custom_metrics/v1beta2"
	customclient "k8s.io/metrics/pkg/client/custom_metrics"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/provider"
)

// customMetrics is the custom metrics API, served by whichever adapter answers now. It implements customclient.CustomMetricsClient: the
// controller asks the provider what it would ask through an API server, and gets the versioned types that travel.
type customMetrics struct{ serving atomic.Pointer[adapter] }

// RootScopedMetrics implements customclient.CustomMetricsClient. The adapter has none, and no HPA of a replay asks for any.
func (c *customMetrics) RootScopedMetrics() customclient.MetricsInterface { return nil }

// NamespacedMetrics implements customclient.CustomMetricsClient.
func (c *customMetrics) NamespacedMetrics(namespace string) customclient.MetricsInterface {
	return namespacedMetrics{c, namespace}
}

type namespacedMetrics struct {
	api       *customMetrics
	namespace string
}

// GetForObject implements customclient.MetricsInterface.
func (n namespacedMetrics) GetForObject(kind schema.GroupKind, name, metric string, selector labels.Selector) (*v1beta2.MetricValue, error) {
	a, err := n.answering()
	if err != nil {
		return nil, err
	}
	if selector, err = travelled(selector); err != nil {
		return nil, err
	}
	value, err := a.provider.GetMetricByName(context.Background(), types.NamespacedName{Namespace: n.namespace, Name: name}, info(kind, metric), selector)
	if err != nil {
		return nil, err
	}
	var out v1beta2.MetricValue
	return &out, v1beta2.Convert_custom_metrics_MetricValue_To_v1beta2_MetricValue(value, &out, nil)
}

// GetForObjects implements customclient.MetricsInterface.
func (n namespacedMetrics) GetForObjects(kind schema.GroupKind, selector labels.Selector, metric string, metricSelector labels.Selector) (*v1beta2.MetricValueList, error) {
	a, err := n.answering()
	if err != nil {
		return nil, err
	}
	if selector, err = travelled(selector); err != nil {
		return nil, err
	}
	if metricSelector, err = travelled(metricSelector); err != nil {
		return nil, err
	}
	list, err := a.provider.GetMetricBySelector(context.Background(), n.namespace, selector, info(kind, metric), metricSelector)
	if err != nil {
		return nil, err
	}
	var out v1beta2.MetricValueList
	return &out, v1beta2.Convert_custom_metrics_MetricValueList_To_v1beta2_MetricValueList(list, &out, nil)
}

// travelled is a selector as it arrives at a server. It travels as text, in which that of a metric without one, which selects nothing, is
// empty, which selects everything.
func travelled(s labels.Selector) (labels.Selector, error) { return labels.Parse(s.String()) }

// answering is the adapter behind the API, or what the API server says where there is none.
func (n namespacedMetrics) answering() (*adapter, error) {
	if a := n.api.serving.Load(); a != nil {
		return a, nil
	}
	return nil, apierrors.NewServiceUnavailable("the server is currently unable to handle the request")
}

func info(kind schema.GroupKind, metric string) provider.CustomMetricInfo {
	resource, _ := meta.UnsafeGuessKindToResource(kind.WithVersion(""))
	return provider.CustomMetricInfo{GroupResource: resource.GroupResource(), Namespaced: true, Metric: metric}
}
