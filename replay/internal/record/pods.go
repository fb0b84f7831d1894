package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"k8s.io/client-go/rest"
	"k8s.io/metrics/pkg/apis/custom_metrics/v1beta2"
)

// Pods is the total of a metric over the pods that a selector matches, by the custom metrics API. For a trace of users it is the raw
// metric that should be asked for: a smoothed one would be smoothed again by the replay.
type Pods struct {
	Client    rest.Interface
	Namespace string
	Metric    string
	Selector  string
}

// Now is part of [Source]. A pod without a value is missing from the list, which only the adapter can know; no pod at all is an error.
func (p Pods) Now(ctx context.Context) (float64, error) {
	path := "/apis/" + v1beta2.SchemeGroupVersion.String() + "/namespaces/" + url.PathEscape(p.Namespace) + "/pods/*/" + url.PathEscape(p.Metric)
	answer := p.Client.Get().AbsPath(path).Param("labelSelector", p.Selector).Do(ctx)
	if err := answer.Error(); err != nil {
		return 0, fmt.Errorf("ask %s: %w", path, err)
	}
	body, err := answer.Raw()
	if err != nil {
		return 0, fmt.Errorf("ask %s: %w", path, err)
	}
	total, err := sumOf(body)
	if err != nil {
		return 0, fmt.Errorf("ask %s: %w", path, err)
	}
	return total, nil
}

func sumOf(body []byte) (float64, error) {
	var list v1beta2.MetricValueList
	if err := json.Unmarshal(body, &list); err != nil {
		return 0, fmt.Errorf("no list of values: %w", err)
	}
	if list.Kind != "MetricValueList" {
		return 0, fmt.Errorf("kind %q: allowed: MetricValueList", list.Kind)
	}
	if len(list.Items) == 0 {
		return 0, errors.New("no pod has a value")
	}
	total := 0.0
	for i := range list.Items {
		total += list.Items[i].Value.AsApproximateFloat64()
	}
	return total, nil
}
