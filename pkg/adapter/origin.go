package adapter

import (
	"reflect"

	"userscale.dev/userscale/pkg/config"
)

// origin is all that a metric's source is made of. What only the store or discovery needs to know is not in it.
type origin struct {
	pods       *config.Pods
	prometheus *config.Prometheus
	dcgm       *config.DCGM
	server     *config.PrometheusServer // that is asked, if one is
	maxAge     config.Duration          // of a counter's rate, if there is a counter
	accepted   config.Range             // that values are combined within, if they are
}

func originOf(settings *config.AdapterConfiguration, m *config.Metric) origin {
	switch {
	case m.Pods != nil:
		pods := *m.Pods
		pods.Targets, pods.PrometheusAnnotations = nil, false
		o := origin{pods: &pods}
		if pods.Counter != "" || pods.CounterSeries != "" {
			o.maxAge = *m.MaxAge
		}
		return o
	case m.Prometheus != nil:
		return origin{prometheus: m.Prometheus, server: settings.PrometheusServer(m.Prometheus.Server), accepted: m.Range}
	default:
		o := origin{dcgm: m.DCGM, accepted: m.Range}
		if p := m.DCGM.Prometheus; p != nil {
			o.server = settings.PrometheusServer(p.Server)
		}
		if e := m.DCGM.Exporters; e != nil {
			dcgm, exporters := *m.DCGM, *e
			exporters.Targets, dcgm.Exporters = nil, &exporters
			o.dcgm = &dcgm
		}
		return o
	}
}

// same says whether a source that was made of one is as good as one that is made of the other.
func (o origin) same(other origin) bool { return reflect.DeepEqual(o, other) }
