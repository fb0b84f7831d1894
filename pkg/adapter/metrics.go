package adapter

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"userscale.dev/userscale/pkg/sample"
)

// metrics are what the adapter says of its own collections.
type metrics struct {
	duration *prometheus.HistogramVec
	outcomes *prometheus.CounterVec
	newest   *prometheus.GaugeVec
	finished *prometheus.GaugeVec

	reloadSuccessful, reloadTime prometheus.Gauge
}

// The outcomes of asking for a pod's value that are not a sample.Reason.
const (
	outcomeOK     = "ok"
	outcomeFailed = "collection_failed" // counted once for the whole collection
)

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "userscale_scrape_duration_seconds",
			Help:    "How long one collection of a metric took, over all its pods.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"metric"}),
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "userscale_scrapes_total",
			Help: "Pods asked for a value, by outcome: ok, the reason for which there is none, or collection_failed once for a whole query.",
		}, []string{"metric", "outcome"}),
		newest: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "userscale_newest_sample_timestamp_seconds",
			Help: "When the newest sample of the last collection that had any was measured, in Unix time.",
		}, []string{"metric"}),
		finished: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "userscale_last_collection_timestamp_seconds",
			Help: "When the last collection ended, in Unix time, whatever it brought.",
		}, []string{"metric"}),
		reloadSuccessful: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "userscale_configuration_last_reload_successful",
			Help: "Whether the configuration file, as it was last read, is in force.",
		}),
		reloadTime: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "userscale_configuration_last_reload_success_timestamp_seconds",
			Help: "When the configuration that is in force was last put in force, in Unix time.",
		}),
	}
	for _, c := range []prometheus.Collector{
		m.duration, m.outcomes, m.newest, m.finished, m.reloadSuccessful, m.reloadTime, buildInfo(),
	} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register metric: %w", err)
		}
	}
	return m, nil
}

func (m *metrics) observe(b sample.Batch, took time.Duration, now time.Time) {
	m.duration.WithLabelValues(b.Metric).Observe(took.Seconds())
	m.finished.WithLabelValues(b.Metric).Set(seconds(now))
	if b.Err != nil {
		m.outcomes.WithLabelValues(b.Metric, outcomeFailed).Inc()
	}
	m.outcomes.WithLabelValues(b.Metric, outcomeOK).Add(float64(len(b.Samples)))
	for _, f := range b.Failures {
		m.outcomes.WithLabelValues(b.Metric, string(f.Reason)).Inc()
	}
	if len(b.Samples) > 0 {
		m.newest.WithLabelValues(b.Metric).Set(seconds(newest(b.Samples)))
	}
}

// forget drops what there is of a metric that is no longer configured.
func (m *metrics) forget(metric string) {
	m.duration.DeleteLabelValues(metric)
	m.outcomes.DeletePartialMatch(prometheus.Labels{"metric": metric})
	m.newest.DeleteLabelValues(metric)
	m.finished.DeleteLabelValues(metric)
}

// reloaded says that the file is in force as it is.
func (m *metrics) reloaded(now time.Time) {
	m.reloadSuccessful.Set(1)
	m.reloadTime.Set(seconds(now))
}

// reloadFailed says that it is not.
func (m *metrics) reloadFailed() { m.reloadSuccessful.Set(0) }

func newest(samples []sample.Sample) time.Time {
	t := samples[0].Time
	for _, s := range samples[1:] {
		if s.Time.After(t) {
			t = s.Time
		}
	}
	return t
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// buildInfo is 1, its labels say what is running.
func buildInfo() prometheus.Collector {
	version, revision := "unknown", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = s.Value
			}
		}
	}
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "userscale_build_info",
		Help:        "Always 1; the labels say which build is running.",
		ConstLabels: prometheus.Labels{"version": version, "revision": revision, "goversion": runtime.Version()},
	})
	g.Set(1)
	return g
}
