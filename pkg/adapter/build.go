package adapter

import (
	"fmt"

	"github.com/prometheus/common/model"

	"userscale.dev/userscale/pkg/adapter/client"
	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/scrape/promql"
	"userscale.dev/userscale/pkg/store"
)

// storeMetrics says what the store is to keep.
func storeMetrics(settings *config.AdapterConfiguration) ([]store.Metric, error) {
	var metrics []store.Metric
	for i := range settings.Metrics {
		m := &settings.Metrics[i]
		halfLives, err := m.Smoothing.HalfLives()
		if err != nil {
			return nil, fmt.Errorf("metric %s: %w", m.Name, err)
		}
		metrics = append(metrics, store.Metric{
			Name:      m.Name,
			RawName:   m.RawName,
			TotalName: m.TotalName,
			Interval:  m.CollectEvery(),
			MaxAge:    m.MaxAge.Duration,
			Min:       *m.Range.Min,
			Max:       *m.Range.Max,
			Smoothing: halfLives,
			Scraped:   m.Pods != nil,
			Unnamed:   unnamed(m),
			Quantity:  quantity(m),

			MinCoverage: *m.MinCoverage,
		})
	}
	return metrics, nil
}

// unnamed says why a pod has no value of which the metric's source says nothing.
func unnamed(m *config.Metric) string {
	switch {
	case m.DCGM != nil:
		return "no GPU series names this pod"
	case m.Prometheus != nil:
		return "no series in the query's answer names this pod"
	default: // each pod is asked
		return ""
	}
}

func newSource(settings *config.AdapterConfiguration, m *config.Metric, s *store.Store, c *client.Credentials) (source, error) {
	if m.Pods != nil {
		return newPods(m, s, c)
	}
	if m.DCGM != nil {
		return newDCGM(settings, m, s, c)
	}
	asks, err := newPrometheusClient(settings, m.Prometheus.Server, c)
	if err != nil {
		return nil, err
	}
	return promql.New(promql.Config{
		Metric:    m.Name,
		Query:     m.Prometheus.Query,
		Timeout:   m.Prometheus.Timeout.Duration,
		Namespace: model.LabelName(m.Prometheus.Labels.Namespace),
		Pod:       model.LabelName(m.Prometheus.Labels.Pod),
		Combine:   promql.Combine(m.Prometheus.Combine),
		Scale:     *m.Prometheus.Scale,
		Min:       *m.Range.Min,
		Max:       *m.Range.Max,
	}, s, asks), nil
}

func newPrometheusClient(settings *config.AdapterConfiguration, name string, c *client.Credentials) (*promql.Client, error) {
	server := settings.PrometheusServer(name)
	return promql.NewClient(server.URL, client.ForPrometheus(server, c))
}

func metricNames(settings *config.AdapterConfiguration) []string {
	names := make([]string, len(settings.Metrics))
	for i := range settings.Metrics {
		names[i] = settings.Metrics[i].Name
	}
	return names
}
