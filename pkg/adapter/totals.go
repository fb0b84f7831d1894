package adapter

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"userscale.dev/userscale/pkg/store"
)

// state is the store as its metrics see it.
type state interface {
	Totals(now time.Time) []store.Total
	Drops() []store.Drop
}

// totals reports the store's state, read when Prometheus asks: nothing is kept that could disagree with what is served.
type totals struct {
	state                                      state
	raw, smoothed, counted, departing, matched *prometheus.Desc
	dropped                                    *prometheus.Desc
}

func newTotals(s state) *totals {
	perHPA := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, []string{"namespace", "hpa", "metric"}, nil)
	}
	return &totals{
		state:     s,
		raw:       perHPA("userscale_raw_total", "Sum of the last values of an HPA's counted and departing pods."),
		smoothed:  perHPA("userscale_smoothed_total", "The same sum, smoothed; absent while no pod is counted."),
		counted:   perHPA("userscale_counted_pods", "Pods of an HPA that run and have a fresh value."),
		departing: perHPA("userscale_departing_pods", "Pods of an HPA that are being deleted and still answer."),
		matched:   perHPA("userscale_matched_pods", "All pods that an HPA's selector matches."),
		dropped: prometheus.NewDesc("userscale_dropped_samples_total",
			"Values that were measured and not accepted, by reason.", []string{"metric", "reason"}, nil),
	}
}

// Describe implements prometheus.Collector.
func (t *totals) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{t.raw, t.smoothed, t.counted, t.departing, t.matched, t.dropped} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (t *totals) Collect(out chan<- prometheus.Metric) {
	for _, total := range t.state.Totals(time.Now()) {
		gauge := func(d *prometheus.Desc, value float64) {
			out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, total.HPA.Namespace, total.HPA.Name, total.Metric)
		}
		gauge(t.raw, total.Raw)
		if total.Counted > 0 { // otherwise it is unknown, which is not 0
			gauge(t.smoothed, total.Smoothed)
		}
		gauge(t.counted, float64(total.Counted))
		gauge(t.departing, float64(total.Departing))
		gauge(t.matched, float64(total.Matched))
	}
	for _, d := range t.state.Drops() {
		out <- prometheus.MustNewConstMetric(t.dropped, prometheus.CounterValue, float64(d.Count), d.Metric, string(d.Reason))
	}
}
