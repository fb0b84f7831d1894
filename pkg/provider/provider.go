// Package provider turns a question of the custom metrics API into one to the store, and the answer back. Pods have shares and raw
// values; objects that select pods have totals.
package provider

import (
	"context"
	"math"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/metrics/pkg/apis/custom_metrics"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/provider"

	"userscale.dev/userscale/pkg/sample"
)

// reader answers for pods: one, or all that match a selector, each or together. Its errors are those of package sample.
type reader interface {
	Pod(now time.Time, metric, namespace, name string) (sample.Value, error)
	Group(now time.Time, metric, namespace string, selector labels.Selector) ([]sample.Value, error)
	Total(now time.Time, metric, namespace string, selector labels.Selector) (sample.Value, error)
	Metrics() []string    // that pods have
	TotalNames() []string // of the metrics that objects have
}

// selectors knows which pods an object has. Its errors are those of package sample.
type selectors interface {
	Selector(kind schema.GroupKind, namespace, name string) (labels.Selector, error)
}

// Provider serves the metrics of pods and of objects that select pods. Its errors are API statuses: 404 for what does not exist, 503
// with the reason where no value is fresh enough, 400 for a metric label selector and for objects that are not named.
type Provider struct {
	reader    reader
	selectors selectors
}

var _ provider.CustomMetricsProvider = &Provider{}

// New returns a provider that answers from the reader, for objects with the pods that the selectors name.
func New(r reader, s selectors) *Provider { return &Provider{reader: r, selectors: s} }

// ListAllMetrics returns what discovery lists.
func (p *Provider) ListAllMetrics() []provider.CustomMetricInfo {
	var infos []provider.CustomMetricInfo
	for _, name := range p.reader.Metrics() {
		infos = append(infos, provider.CustomMetricInfo{GroupResource: pods(), Namespaced: true, Metric: name})
	}
	for _, name := range p.reader.TotalNames() {
		for _, o := range objects() {
			infos = append(infos, provider.CustomMetricInfo{GroupResource: o.resource, Namespaced: true, Metric: name})
		}
	}
	return infos
}

// GetMetricByName returns the value of one pod or object.
func (p *Provider) GetMetricByName(_ context.Context, name types.NamespacedName, info provider.CustomMetricInfo, metricSelector labels.Selector) (*custom_metrics.MetricValue, error) {
	if err := check(info, metricSelector); err != nil {
		return nil, err
	}
	kind := kindOf(info.GroupResource)
	var value sample.Value
	var err error
	if info.GroupResource == pods() {
		value, err = p.reader.Pod(time.Now(), info.Metric, name.Namespace, name.Name)
	} else {
		value, err = p.total(kind.GroupKind(), name, info.Metric)
	}
	if err != nil {
		return nil, status(err, info, func() error { return notFound(info, name.Name, err) })
	}
	answer := item(value, reference(kind), info.Metric)
	return &answer, nil
}

// total returns the value of an object that selects pods.
func (p *Provider) total(kind schema.GroupKind, name types.NamespacedName, metric string) (sample.Value, error) {
	selector, err := p.selectors.Selector(kind, name.Namespace, name.Name)
	if err != nil {
		return sample.Value{}, err
	}
	value, err := p.reader.Total(time.Now(), metric, name.Namespace, selector)
	value.Name = name.Name
	return value, err
}

// GetMetricBySelector returns the values of the pods that match the selector and are counted, sorted by name. Objects are only served
// by name, which is all that an HPA asks for: each of many would need a group of its own.
func (p *Provider) GetMetricBySelector(_ context.Context, namespace string, selector labels.Selector, info provider.CustomMetricInfo, metricSelector labels.Selector) (*custom_metrics.MetricValueList, error) {
	if err := check(info, metricSelector); err != nil {
		return nil, err
	}
	if info.GroupResource != pods() {
		return nil, p.unnamed(info)
	}
	values, err := p.reader.Group(time.Now(), info.Metric, namespace, selector)
	if err != nil {
		return nil, status(err, info, func() error {
			return provider.NewMetricNotFoundForSelectorError(info.GroupResource, info.Metric, "*", selector)
		})
	}
	list := &custom_metrics.MetricValueList{Items: make([]custom_metrics.MetricValue, len(values))}
	pod := reference(kindOf(pods()))
	for i, value := range values {
		list.Items[i] = item(value, pod, info.Metric)
	}
	return list, nil
}

// item is a value in the API's words, of an object of the kind that is described. Whole seconds are all that the API knows: the
// timestamp is cut, so that no value looks newer than it is.
func item(v sample.Value, described custom_metrics.ObjectReference, metric string) custom_metrics.MetricValue {
	described.Namespace, described.Name = v.Namespace, v.Name
	answer := custom_metrics.MetricValue{
		DescribedObject: described,
		Metric:          custom_metrics.MetricIdentifier{Name: metric},
		Timestamp:       metav1.NewTime(v.Time.Truncate(time.Second)),
		Value:           *resource.NewMilliQuantity(v.Milli, resource.DecimalSI),
	}
	if v.Window > 0 {
		seconds := int64(math.Round(v.Window.Seconds()))
		answer.WindowSeconds = &seconds
	}
	return answer
}
