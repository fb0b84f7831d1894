// Package promql measures one metric by asking a Prometheus for the values of all pods at once. It is written for DCGM's
// GPU metrics and works for any query whose series name their pod.
//
// The query should be a range selector (DCGM_FI_DEV_GPU_UTIL[2m]): its samples carry the times at which they were taken,
// while an instant vector may report the time of the query.
package promql

import (
	"context"
	"time"

	"k8s.io/klog/v2"

	"userscale.dev/userscale/pkg/sample"
)

// Config says what to ask.
type Config struct {
	Metric   string // the metric's name in the adapter's configuration
	Query    string
	Timeout  time.Duration // of the query
	Scale    float64       // every value is multiplied by it
	Min, Max float64       // the accepted range after scaling; DCGM's blank values lie far above any
}

// pods finds a pod by the name that a series gives it.
type pods interface {
	PodByName(namespace, name string) (sample.Pod, bool)
}

// Source collects one metric from a Prometheus. Collect must not be called concurrently with itself.
type Source struct {
	config Config
	pods   pods
	client *Client
}

// New returns a source that asks through a client of its own.
func New(c Config, p pods, client *Client) *Source {
	return &Source{config: c, pods: p, client: client}
}

// Collect asks once. A query that fails says nothing of any pod: Err is set and the batch is otherwise empty.
func (s *Source) Collect(ctx context.Context) sample.Batch {
	ctx = klog.NewContext(ctx, klog.FromContext(ctx).WithValues("metric", s.config.Metric))
	answer, err := s.client.Query(ctx, s.config.Query, s.config.Timeout)
	if err != nil {
		return sample.Batch{Metric: s.config.Metric, Err: err}
	}
	return s.attribute(answer.Points)
}
