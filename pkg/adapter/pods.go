package adapter

import (
	"userscale.dev/userscale/pkg/adapter/client"
	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/scrape/fetch"
	"userscale.dev/userscale/pkg/scrape/pods"
	"userscale.dev/userscale/pkg/store"
)

func newPods(m *config.Metric, s *store.Store, c *client.Credentials) (source, error) {
	return pods.New(pods.Config{
		Metric:        m.Name,
		Field:         m.Pods.Field,
		Counter:       m.Pods.Counter,
		Series:        m.Pods.Series,
		CounterSeries: m.Pods.CounterSeries,
		MaxAge:        m.MaxAge.Duration,
		Interval:      m.Pods.Interval.Duration,
		Timeout:       m.Pods.Timeout.Duration,
		Transport:     client.ForPods(fetch.NewTransport(nil), &m.Pods.Client, c),
	}, s)
}
