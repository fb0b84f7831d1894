package dcgm

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/promql"
)

// querier asks a Prometheus, within timeout, for what a query gives now.
type querier interface {
	Query(ctx context.Context, query string, timeout time.Duration) (promql.Answer, error)
}

// Prometheus collects from a Prometheus that scrapes the exporters. Collect must not be called concurrently with itself.
type Prometheus struct {
	collector
	query  string
	client querier
}

// NewPrometheus returns a source that asks for what query, made by Query, gives.
func NewPrometheus(c Config, query string, p pods, q querier) *Prometheus {
	return &Prometheus{newCollector(c, p), query, q}
}

// Collect asks once. A query that fails says nothing of any pod: Err is set and the batch is otherwise empty.
//
// A scrape in which the exporter could not name the pods takes nobody's value away: what the query looks back on still holds the
// samples from before, with their own times.
func (s *Prometheus) Collect(ctx context.Context) sample.Batch {
	answer, err := s.client.Query(ctx, s.query, s.config.Timeout)
	if err != nil {
		return sample.Batch{Metric: s.config.Metric, Err: err}
	}
	series := make([]Series, len(answer.Points))
	for i, p := range answer.Points {
		l := metric(p.Labels)
		series[i] = Series{Labels: l, Job: l.Get("job"), Exporter: l.Get("instance"), Value: p.Value, Time: p.Time}
	}
	b := s.batch(ctx, series)
	b.Partial = answer.Partial
	return b
}

// metric is a series' labels as the client has them.
type metric model.Metric

// Get returns a label's value.
func (m metric) Get(name string) string { return string(m[model.LabelName(name)]) }

// Query asks for all fields' series at once, as far back as lookback, with the times at which they were scraped. The matchers, in PromQL's
// notation, narrow them; empty ones do not. The error is theirs.
func Query(fields []Field, matchers string, lookback time.Duration) (string, error) {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	texts := []string{fmt.Sprintf("%s=~%q", model.MetricNameLabel, strings.Join(names, "|"))}
	if matchers != "" {
		parsed, err := parser.NewParser(parser.Options{}).ParseMetricSelector(matchers)
		if err != nil {
			return "", fmt.Errorf("matchers %s: %w", matchers, err)
		}
		for _, m := range parsed {
			texts = append(texts, m.String())
		}
	}
	return fmt.Sprintf("{%s}[%v]", strings.Join(texts, ","), model.Duration(lookback)), nil
}
