package provider

import (
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/provider"

	"userscale.dev/userscale/pkg/sample"
)

// check refuses questions that no store could answer.
func check(info provider.CustomMetricInfo, metricSelector labels.Selector) error {
	if info.GroupResource != pods() || !info.Namespaced {
		return provider.NewMetricNotFoundError(info.GroupResource, info.Metric)
	}
	if metricSelector != nil && !metricSelector.Empty() {
		return apierrors.NewBadRequest("metric label selectors are not supported")
	}
	return nil
}

// status translates an error of the reader; noPod makes the one that says there is no such pod. Whatever else goes wrong, the
// value cannot be had now, which is a 503 and not a fault of the API.
func status(err error, info provider.CustomMetricInfo, noPod func() error) error {
	switch {
	case errors.Is(err, sample.ErrUnknownMetric):
		return provider.NewMetricNotFoundError(info.GroupResource, info.Metric)
	case errors.Is(err, sample.ErrNoPod):
		return noPod()
	default:
		return apierrors.NewServiceUnavailable(err.Error())
	}
}
