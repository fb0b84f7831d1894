// Package promql measures one metric by asking a Prometheus for the values of all pods at once. It is written for DCGM's
// GPU metrics and works for any query whose series name their pod.
//
// The query should be a range selector (DCGM_FI_DEV_GPU_UTIL[2m]): its samples carry the times at which they were taken,
// while an instant vector may report the time of the query.
package promql

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/api"
	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"k8s.io/klog/v2"

	"userscale.dev/userscale/pkg/sample"
)

// Config says what to ask, and whom.
type Config struct {
	Metric   string // the metric's name in the adapter's configuration
	URL      string // Prometheus's base URL
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
	config   Config
	pods     pods
	api      promv1.API
	warnings string // of the last query, so that only a change is logged
}

// New returns a source. It contacts nobody; the error is a bad URL's.
func New(c Config, p pods) (*Source, error) {
	client, err := api.NewClient(api.Config{Address: c.URL, Client: &http.Client{Transport: newTransport()}})
	if err != nil {
		return nil, fmt.Errorf("prometheus at %s: %w", c.URL, err)
	}
	return &Source{config: c, pods: p, api: promv1.NewAPI(client)}, nil
}

// Collect asks once. A query that fails says nothing of any pod: Err is set and the batch is otherwise empty.
func (s *Source) Collect(ctx context.Context) sample.Batch {
	queryCtx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	value, warnings, _, err := s.api.Query(queryCtx, s.config.Query, time.Now(), promv1.WithTimeout(s.config.Timeout))
	if err != nil {
		return s.failed(err)
	}
	s.logWarnings(ctx, warnings)
	points, err := newest(value)
	if err != nil {
		return s.failed(err)
	}
	return s.attribute(points)
}

func (s *Source) failed(err error) sample.Batch {
	return sample.Batch{
		Metric: s.config.Metric,
		Err:    fmt.Errorf("query %s at %s: %w", s.config.Query, s.config.URL, err),
	}
}

// logWarnings: they mean partial data (a store of a Thanos is away, say), which is no reason to drop the rest.
func (s *Source) logWarnings(ctx context.Context, warnings promv1.Warnings) {
	now := strings.Join(warnings, "; ")
	if now == s.warnings {
		return
	}
	s.warnings = now
	logger := klog.FromContext(ctx).WithValues("metric", s.config.Metric)
	if now == "" {
		logger.Info("Prometheus answers without warnings again")
	} else {
		logger.Info("Prometheus warns: its answer may be partial", "warnings", now)
	}
}
