package adapter

import (
	"github.com/prometheus/common/model"

	"userscale.dev/userscale/pkg/adapter/client"
	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/scrape/promql"
	"userscale.dev/userscale/pkg/store"
)

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
