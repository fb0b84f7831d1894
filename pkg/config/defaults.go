package config

import (
	"regexp"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// The shipped smoothing: fast up, slow down. The replay benchmark decides them.
const (
	DefaultRiseHalfLife  = 10 * time.Second
	DefaultFallHalfLife  = 60 * time.Second
	DefaultAlphaInterval = 5 * time.Second
)

// shipped is what is served without a configuration file: active users from the pods' own /metrics.
func shipped() *AdapterConfiguration {
	return &AdapterConfiguration{APIVersion: APIVersion, Kind: Kind, Metrics: []Metric{{
		Name:      "active_users_per_pod",
		RawName:   "active_users_raw",
		TotalName: "active_users_total_smoothed",
		Pods:      &Pods{Field: "active_users"},
	}}}
}

// setDefaults fills in what was left out; what is there, right or wrong, stays for Validate to judge.
func (c *AdapterConfiguration) setDefaults() {
	orElse(&c.SmoothingLimits.MinHalfLife, Duration{})
	orElse(&c.SmoothingLimits.MaxHalfLife, Duration{Duration: time.Hour})
	for i := range c.Metrics {
		c.Metrics[i].setDefaults()
		if server := c.Metrics[i].server(); server != nil && len(c.PrometheusServers) == 1 {
			textOrElse(server, c.PrometheusServers[0].Name)
		}
	}
}

// server is where the metric names its Prometheus; nil where it needs none.
func (m *Metric) server() *string {
	switch {
	case m.Prometheus != nil:
		return &m.Prometheus.Server
	case m.DCGM != nil && m.DCGM.Prometheus != nil:
		return &m.DCGM.Prometheus.Server
	}
	return nil
}

func (m *Metric) setDefaults() {
	if m.Name != "" {
		textOrElse(&m.RawName, m.Name+"_raw")
		textOrElse(&m.TotalName, m.Name+"_total")
	}
	orElse(&m.Range.Min, 0)
	orElse(&m.MinCoverage, 0)
	m.Smoothing.setDefaults()
	maxAge, largest := 120*time.Second, 1e9
	switch {
	case m.Pods != nil:
		maxAge = 15 * time.Second
	case m.DCGM != nil: // in percent
		largest = 100
	}
	orElse(&m.MaxAge, Duration{Duration: maxAge})
	orElse(&m.Range.Max, largest)
	m.Pods.setDefaults()
	m.Prometheus.setDefaults()
	m.DCGM.setDefaults()
}

func (s *Smoothing) setDefaults() {
	if s.Alpha != nil {
		orElse(&s.Interval, Duration{Duration: DefaultAlphaInterval})
		return
	}
	orElse(&s.RiseHalfLife, Duration{Duration: DefaultRiseHalfLife})
	orElse(&s.FallHalfLife, Duration{Duration: DefaultFallHalfLife})
}

// metricName is what Prometheus' text formats can name without quotes.
var metricName = regexp.MustCompile(`^[A-Za-z_:][A-Za-z0-9_:]*$`)

func (p *Pods) setDefaults() {
	if p == nil {
		return
	}
	orElse(&p.Interval, Duration{Duration: time.Second})
	orElse(&p.Timeout, Duration{Duration: 800 * time.Millisecond})
	if metricName.MatchString(p.Field) {
		textOrElse(&p.Series, seriesNamed(p.Field))
	}
	if metricName.MatchString(p.Counter) {
		textOrElse(&p.CounterSeries, seriesNamed(p.Counter))
	}
	setTargetDefaults(p.Targets)
}

// seriesNamed selects all series of a metric. Some words of PromQL's own, such as on, are names only in quotes.
func seriesNamed(metric string) string {
	if tooLong(nil, metric) != nil {
		return metric // which is refused
	}
	if _, err := promQL().ParseMetricSelector(metric); err != nil {
		return `{"` + metric + `"}`
	}
	return metric
}

func setTargetDefaults(targets []Target) {
	for i := range targets {
		textOrElse(&targets[i].Path, "/metrics")
		textOrElse(&targets[i].Scheme, "http")
	}
}

// Samples of a Prometheus are as old as its scrapes, so they are asked for less often and kept longer.
const (
	slowInterval = 5 * time.Second
	slowTimeout  = 4 * time.Second
)

func (p *Prometheus) setDefaults() {
	if p == nil {
		return
	}
	orElse(&p.Interval, Duration{Duration: slowInterval})
	orElse(&p.Timeout, Duration{Duration: slowTimeout})
	orElse(&p.Scale, 1)
	textOrElse(&p.Labels.Namespace, "namespace")
	textOrElse(&p.Labels.Pod, "pod")
	textOrElse(&p.Combine, CombineSum)
}

func (d *DCGM) setDefaults() {
	if d == nil {
		return
	}
	orElse(&d.Interval, Duration{Duration: slowInterval})
	orElse(&d.Timeout, Duration{Duration: slowTimeout})
	textOrElse(&d.Combine, CombineAverage)
	textOrElse(&d.SharedGPUs, SharedInclude)
	if d.Prometheus != nil {
		orElse(&d.Prometheus.Lookback, Duration{Duration: 2 * time.Minute})
	}
	if d.Exporters != nil {
		if len(d.Exporters.Targets) == 0 {
			d.Exporters.Targets = []Target{exporters("app.kubernetes.io/name", "dcgm-exporter"), exporters("app", "nvidia-dcgm-exporter")}
		}
		setTargetDefaults(d.Exporters.Targets)
	}
}

// exporters are the pods with the label that NVIDIA's chart or its GPU operator gives them.
func exporters(label, value string) Target {
	return Target{Selector: metav1.LabelSelector{MatchLabels: map[string]string{label: value}}, Port: intstr.FromInt32(9400)}
}

// orElse gives an absent value its default. Every call makes its own copy, so that no two metrics share one.
func orElse[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}

func textOrElse[T ~string](field *T, value T) {
	if *field == "" {
		*field = value
	}
}
