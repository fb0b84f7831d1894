// Package provider turns a question of the custom metrics API into one to the store, and the answer back.
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

// reader answers for the pods. Its errors are those of package sample.
type reader interface {
	Group(now time.Time, metric, namespace string, selector labels.Selector) ([]sample.Value, error)
	Pod(now time.Time, metric, namespace, name string) (sample.Value, error)
	Metrics() []string
}

// Provider serves the metrics of pods. Its errors are API statuses: 404 for what does not exist, 503 with the reason where no
// value is fresh enough, 400 for a metric label selector.
type Provider struct{ reader reader }

var _ provider.CustomMetricsProvider = &Provider{}

// New returns a provider that answers from the reader.
func New(r reader) *Provider { return &Provider{reader: r} }

// ListAllMetrics returns what discovery lists.
func (p *Provider) ListAllMetrics() []provider.CustomMetricInfo {
	var infos []provider.CustomMetricInfo
	for _, name := range p.reader.Metrics() {
		infos = append(infos, provider.CustomMetricInfo{GroupResource: pods(), Namespaced: true, Metric: name})
	}
	return infos
}

// GetMetricByName returns the value of one pod.
func (p *Provider) GetMetricByName(_ context.Context, name types.NamespacedName, info provider.CustomMetricInfo, metricSelector labels.Selector) (*custom_metrics.MetricValue, error) {
	if err := check(info, metricSelector); err != nil {
		return nil, err
	}
	value, err := p.reader.Pod(time.Now(), info.Metric, name.Namespace, name.Name)
	if err != nil {
		return nil, status(err, info, func() error {
			return provider.NewMetricNotFoundForError(info.GroupResource, info.Metric, name.Name)
		})
	}
	answer := item(value, info.Metric)
	return &answer, nil
}

// GetMetricBySelector returns the values of the pods that match the selector and are counted, sorted by name.
func (p *Provider) GetMetricBySelector(_ context.Context, namespace string, selector labels.Selector, info provider.CustomMetricInfo, metricSelector labels.Selector) (*custom_metrics.MetricValueList, error) {
	if err := check(info, metricSelector); err != nil {
		return nil, err
	}
	values, err := p.reader.Group(time.Now(), info.Metric, namespace, selector)
	if err != nil {
		return nil, status(err, info, func() error {
			return provider.NewMetricNotFoundForSelectorError(info.GroupResource, info.Metric, "*", selector)
		})
	}
	list := &custom_metrics.MetricValueList{Items: make([]custom_metrics.MetricValue, len(values))}
	for i, value := range values {
		list.Items[i] = item(value, info.Metric)
	}
	return list, nil
}

// item is a value in the API's words. Whole seconds are all that it knows: the timestamp is cut, so that no value looks newer
// than it is.
func item(v sample.Value, metric string) custom_metrics.MetricValue {
	answer := custom_metrics.MetricValue{
		DescribedObject: custom_metrics.ObjectReference{
			Kind:       "Pod",
			APIVersion: "/v1", // group/version, as all adapters give it
			Namespace:  v.Namespace,
			Name:       v.Name,
		},
		Metric:    custom_metrics.MetricIdentifier{Name: metric},
		Timestamp: metav1.NewTime(v.Time.Truncate(time.Second)),
		Value:     *resource.NewMilliQuantity(v.Milli, resource.DecimalSI),
	}
	if v.Window > 0 {
		seconds := int64(math.Round(v.Window.Seconds()))
		answer.WindowSeconds = &seconds
	}
	return answer
}

// pods is the only resource that has metrics.
func pods() schema.GroupResource { return schema.GroupResource{Resource: "pods"} }
