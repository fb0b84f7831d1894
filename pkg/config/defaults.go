package config

import (
	"regexp"
	"time"
)

// The shipped smoothing: fast up, slow down. The replay benchmark decides them.
const (
	DefaultRiseHalfLife  = 10 * time.Second
	DefaultFallHalfLife  = 60 * time.Second
	DefaultAlphaInterval = 5 * time.Second
)

// usersMetric is what is served without a configuration file: active users from the pods' own /metrics.
func usersMetric() Metric {
	return Metric{
		Name:      "active_users_per_pod",
		RawName:   "active_users_raw",
		TotalName: "active_users_total_smoothed",
		Pods:      &Pods{Field: "active_users"},
	}
}

// metricName is what Prometheus' text formats can name without quotes.
var metricName = regexp.MustCompile(`^[A-Za-z_:][A-Za-z0-9_:]*$`)

// setDefaults fills in what was left out; what is there, right or wrong, stays for Validate to judge.
func (c *AdapterConfiguration) setDefaults() {
	for i := range c.Metrics {
		c.Metrics[i].setDefaults()
	}
}

func (m *Metric) setDefaults() {
	if m.RawName == "" && m.Name != "" {
		m.RawName = m.Name + "_raw"
	}
	if m.TotalName == "" && m.Name != "" {
		m.TotalName = m.Name + "_total"
	}
	orElse(&m.Range.Min, 0)
	orElse(&m.MinCoverage, 0)
	m.Smoothing.setDefaults()
	switch {
	case m.Pods != nil:
		orElse(&m.MaxAge, Duration{Duration: 15 * time.Second})
		orElse(&m.Range.Max, 1e9)
		orElse(&m.Pods.Interval, Duration{Duration: time.Second})
		orElse(&m.Pods.Timeout, Duration{Duration: 800 * time.Millisecond})
		if m.Pods.Series == "" && metricName.MatchString(m.Pods.Field) {
			m.Pods.Series = m.Pods.Field
		}
		if m.Pods.CounterSeries == "" && metricName.MatchString(m.Pods.Counter) {
			m.Pods.CounterSeries = m.Pods.Counter
		}
	case m.Prometheus != nil:
		orElse(&m.MaxAge, Duration{Duration: 120 * time.Second})
		orElse(&m.Range.Max, 100)
		orElse(&m.Prometheus.Interval, Duration{Duration: 5 * time.Second})
		orElse(&m.Prometheus.Timeout, Duration{Duration: 4 * time.Second})
		orElse(&m.Prometheus.Scale, 1)
	}
}

func (s *Smoothing) setDefaults() {
	if s.Alpha != nil {
		orElse(&s.Interval, Duration{Duration: DefaultAlphaInterval})
		return
	}
	orElse(&s.RiseHalfLife, Duration{Duration: DefaultRiseHalfLife})
	orElse(&s.FallHalfLife, Duration{Duration: DefaultFallHalfLife})
}

// orElse gives an absent value its default. Every call makes its own copy, so that no two metrics share one.
func orElse[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}
