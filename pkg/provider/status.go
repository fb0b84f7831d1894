package provider

import (
	"errors"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/provider"

	"userscale.dev/userscale/pkg/sample"
)

// check refuses questions that no store could answer.
func check(info provider.CustomMetricInfo, metricSelector labels.Selector) error {
	if kindOf(info.GroupResource).Empty() || !info.Namespaced {
		return provider.NewMetricNotFoundError(info.GroupResource, info.Metric)
	}
	if metricSelector != nil && !metricSelector.Empty() {
		return apierrors.NewBadRequest("metric label selectors are not supported")
	}
	return nil
}

// unnamed refuses a question for all objects that match a selector: as unknown where the metric is, else with what to do about it.
func (p *Provider) unnamed(info provider.CustomMetricInfo) error {
	if !slices.Contains(p.reader.TotalNames(), info.Metric) {
		return provider.NewMetricNotFoundError(info.GroupResource, info.Metric)
	}
	return apierrors.NewBadRequest(fmt.Sprintf("%s of %s is served by name only: name one in place of *", info.Metric, info.GroupResource))
}

// status translates an error of the reader; none makes the one that says there is no such pod or object. Whatever else goes wrong,
// the value cannot be had now, which is a 503 and not a fault of the API.
func status(err error, info provider.CustomMetricInfo, none func() error) error {
	switch {
	case errors.Is(err, sample.ErrUnknownMetric):
		return provider.NewMetricNotFoundError(info.GroupResource, info.Metric)
	case errors.Is(err, sample.ErrNoPod), errors.Is(err, sample.ErrNoObject), errors.Is(err, sample.ErrNoSelector):
		return none()
	default:
		return apierrors.NewServiceUnavailable(err.Error())
	}
}

// notFound says that a named pod or object has no value, and, of an object that is there, why.
func notFound(info provider.CustomMetricInfo, name string, err error) error {
	status := provider.NewMetricNotFoundForError(info.GroupResource, info.Metric, name)
	if info.GroupResource != pods() && !errors.Is(err, sample.ErrNoObject) {
		status.ErrStatus.Message += ": " + err.Error()
	}
	return status
}
