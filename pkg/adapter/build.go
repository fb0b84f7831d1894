package adapter

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

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

			MinCoverage: *m.MinCoverage,
		})
	}
	return metrics, nil
}

// newLoops makes one loop per metric, and what they report to.
func newLoops(settings *config.AdapterConfiguration, s *store.Store, c *client.Credentials, r prometheus.Registerer) ([]*loop, *readiness, error) {
	own, err := newMetrics(r)
	if err != nil {
		return nil, nil, err
	}
	if err := r.Register(newTotals(s)); err != nil {
		return nil, nil, fmt.Errorf("register totals: %w", err)
	}
	var names []string
	for i := range settings.Metrics {
		names = append(names, settings.Metrics[i].Name)
	}
	ready := newReadiness(names)
	var loops []*loop
	for i := range settings.Metrics {
		m := &settings.Metrics[i]
		from, err := newSource(settings, m, s, c)
		if err != nil {
			return nil, nil, fmt.Errorf("metric %s: %w", m.Name, err)
		}
		loops = append(loops, &loop{
			metric: m.Name, interval: m.CollectEvery(), source: from, recorder: s, metrics: own, ready: ready,
		})
	}
	return loops, ready, nil
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
		Metric:  m.Name,
		Query:   m.Prometheus.Query,
		Timeout: m.Prometheus.Timeout.Duration,
		Scale:   *m.Prometheus.Scale,
		Min:     *m.Range.Min,
		Max:     *m.Range.Max,
	}, s, asks), nil
}

func newPrometheusClient(settings *config.AdapterConfiguration, name string, c *client.Credentials) (*promql.Client, error) {
	server := settings.PrometheusServer(name)
	return promql.NewClient(server.URL, client.ForPrometheus(server, c))
}
