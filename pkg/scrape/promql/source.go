// Package promql measures one metric by asking a Prometheus, or anything with its query API, for the values of all pods at once. Any
// query will do whose series name their pod.
//
// The query should be a range selector (queue_length[1m]): its samples carry the times at which they were taken, while an instant
// vector's may carry the time of the query, which is never too old. The newest sample of each series counts. The range need be no
// longer than two or three scrape intervals: a series that ended, because its container restarted say, is there until it has passed.
package promql

import (
	"context"
	"time"

	"github.com/prometheus/common/model"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"

	"userscale.dev/userscale/pkg/sample"
)

// Config says what to ask, and how to read the answer.
type Config struct {
	Metric         string // the metric's name in the adapter's configuration
	Query          string
	Timeout        time.Duration   // of the query
	Namespace, Pod model.LabelName // the labels of a series that name its pod
	Combine        Combine         // what several series of one pod make
	Scale          float64         // every value is multiplied by it
	Min, Max       float64         // the accepted range after scaling
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
	whole  map[types.UID]int // how many series each pod had when an answer was last not partial
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
	found := s.attribute(answer)
	b := sample.Batch{Metric: s.config.Metric, Partial: answer.Partial}
	for _, p := range found {
		if x, failure := s.combine(p, answer.Partial); failure == nil {
			b.Samples = append(b.Samples, x)
		} else {
			b.Failures = append(b.Failures, *failure)
		}
	}
	if !answer.Partial {
		s.remember(found)
	}
	return b
}
