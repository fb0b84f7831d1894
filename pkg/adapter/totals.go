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
	Groups() store.Groups
}

// totals reports the store's state, read when Prometheus asks: nothing is kept that could disagree with what is served.
type totals struct {
	state                                                          state
	raw, smoothed                                                  *prometheus.Desc
	matched, expected, counted, departing, coverage, groups, drops *prometheus.Desc
}

func newTotals(s state) *totals {
	perHPA := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, []string{"namespace", "hpa", "metric"}, nil)
	}
	return &totals{
		state:     s,
		raw:       perHPA("userscale_raw_total", "Sum of the last values of an HPA's counted and departing pods."),
		smoothed:  perHPA("userscale_smoothed_total", "The same sum, smoothed; absent while no pod is counted."),
		matched:   perHPA("userscale_matched_pods", "All pods that an HPA's selector matches."),
		expected:  perHPA("userscale_expected_pods", "Pods of an HPA that should have a value: they run, and reported before or have been ready for two intervals."),
		counted:   perHPA("userscale_counted_pods", "Pods of an HPA that run and have a value young enough."),
		departing: perHPA("userscale_departing_pods", "Pods of an HPA that are being deleted and still answer."),
		coverage:  perHPA("userscale_coverage_ratio", "Counted over expected pods; absent while none is expected."),
		groups:    prometheus.NewDesc("userscale_groups", "Groups of pods with totals: of HPAs, and made by queries with other selectors.", []string{"kind"}, nil),
		drops: prometheus.NewDesc("userscale_dropped_samples_total",
			"Values that were measured and not accepted, by reason.", []string{"metric", "reason"}, nil),
	}
}

// Describe implements prometheus.Collector.
func (t *totals) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{t.raw, t.smoothed, t.matched, t.expected, t.counted, t.departing, t.coverage, t.groups, t.drops} {
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
		gauge(t.matched, float64(total.Matched))
		gauge(t.expected, float64(total.Expected))
		gauge(t.counted, float64(total.Counted))
		gauge(t.departing, float64(total.Departing))
		if total.Expected > 0 {
			gauge(t.coverage, float64(total.Counted)/float64(total.Expected))
		}
	}
	groups := t.state.Groups()
	out <- prometheus.MustNewConstMetric(t.groups, prometheus.GaugeValue, float64(groups.HPA), "hpa")
	out <- prometheus.MustNewConstMetric(t.groups, prometheus.GaugeValue, float64(groups.AdHoc), "ad_hoc")
	for _, d := range t.state.Drops() {
		out <- prometheus.MustNewConstMetric(t.drops, prometheus.CounterValue, float64(d.Count), d.Metric, string(d.Reason))
	}
}
