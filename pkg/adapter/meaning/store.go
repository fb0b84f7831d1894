// Package meaning says what a configuration means to the store and to discovery. Pure.
package meaning

import (
	"fmt"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/store"
)

// StoreMetrics says what the store is to keep.
func StoreMetrics(settings *config.AdapterConfiguration) ([]store.Metric, error) {
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

// quantity says what a metric measures, however and however often it is asked for: what was measured as another one must not be taken
// for it.
func quantity(m *config.Metric) string {
	switch {
	case m.Pods != nil:
		return fmt.Sprintf("pods %q %q", m.Pods.Field, m.Pods.Series)
	case m.Prometheus != nil:
		p := m.Prometheus
		return fmt.Sprintf("prometheus %q %v %q %q", p.Query, *p.Scale, p.Labels, p.Combine)
	default:
		return fmt.Sprintf("dcgm %q %q %q", m.DCGM.Fields, m.DCGM.Combine, m.DCGM.SharedGPUs)
	}
}
