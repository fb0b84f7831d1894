package adapter

import (
	"userscale.dev/userscale/pkg/adapter/client"
	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/scrape/dcgm"
	"userscale.dev/userscale/pkg/scrape/fetch"
	"userscale.dev/userscale/pkg/store"
)

func newDCGM(settings *config.AdapterConfiguration, m *config.Metric, s *store.Store, c *client.Credentials) (source, error) {
	d := m.DCGM
	measures := dcgm.Config{
		Metric:        m.Name,
		Fields:        dcgmFields(d.Fields),
		CombineMax:    d.Combine == config.CombineMax,
		ExcludeShared: d.SharedGPUs == config.SharedExclude,
		Min:           *m.Range.Min,
		Max:           *m.Range.Max,
		Timeout:       d.Timeout.Duration,
	}
	if e := d.Exporters; e != nil {
		transport := client.ForPods(fetch.NewTransport(nil), &e.Client, c)
		return dcgm.NewExporters(measures, s, fetch.New(dcgm.Accept, transport)), nil
	}
	query, err := dcgm.Query(measures.Fields, d.Prometheus.Matchers, d.Prometheus.Lookback.Duration)
	if err != nil {
		return nil, err
	}
	asks, err := newPrometheusClient(settings, d.Prometheus.Server, c)
	if err != nil {
		return nil, err
	}
	return dcgm.NewPrometheus(measures, query, s, asks), nil
}

func dcgmFields(configured []config.DCGMField) []dcgm.Field {
	if len(configured) == 0 {
		return dcgm.DefaultFields()
	}
	fields := make([]dcgm.Field, len(configured))
	for i, f := range configured {
		fields[i] = dcgm.Field{Name: f.Name, Unit: dcgm.Percent}
		if f.Unit == config.UnitRatio {
			fields[i].Unit = dcgm.Ratio
		}
	}
	return fields
}
