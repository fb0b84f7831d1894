// Package config is the adapter's configuration: its types, defaults, decoding, environment overrides and validation.
// A value that Load returned is complete and valid: no pointer that Default sets is nil.
package config

import (
	"time"

	"userscale.dev/userscale/pkg/smoothing"
)

// The only apiVersion and kind that are read.
const (
	APIVersion = "adapter.userscale.dev/v1alpha1"
	Kind       = "AdapterConfiguration"
)

// AdapterConfiguration says which metrics the adapter serves and where their values come from.
type AdapterConfiguration struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Metrics    []Metric `json:"metrics"`
}

// Metric is one metric of pods. It names exactly one source: Pods or Prometheus.
type Metric struct {
	Name      string    `json:"name"`               // serves the pod's share of the smoothed total
	RawName   string    `json:"rawName,omitempty"`  // serves the pod's last value; Name + "_raw" unless set
	MaxAge    *Duration `json:"maxAge,omitempty"`   // a pod whose last value is older is left out
	Range     Range     `json:"range,omitzero"`     // values outside are dropped and counted
	Smoothing Smoothing `json:"smoothing,omitzero"` // half-lives or alpha, never both
	// MinCoverage is the share of a workload's expected pods, from 0 to 1, that must have a value for any to be served; 0 serves what
	// there is. A pod is expected when it runs, is not being deleted, and reported before or has been ready for two intervals.
	MinCoverage *float64    `json:"minCoverage,omitempty"`
	Pods        *Pods       `json:"pods,omitempty"`       // scrape the pods themselves
	Prometheus  *Prometheus `json:"prometheus,omitempty"` // ask a Prometheus for all pods at once
}

// Range is the closed range of accepted values, in the metric's unit and after scaling. Max is at most 1e12, which keeps totals exact
// in the API's thousandths.
type Range struct {
	Min *float64 `json:"min,omitempty"`
	Max *float64 `json:"max,omitempty"`
}

// Smoothing says how fast the smoothed total follows the raw one: a half-life per direction, or an alpha per interval for
// both. A half-life of 0 and an alpha of 1 follow at once.
type Smoothing struct {
	RiseHalfLife *Duration `json:"riseHalfLife,omitempty"`
	FallHalfLife *Duration `json:"fallHalfLife,omitempty"`
	Alpha        *float64  `json:"alpha,omitempty"`    // in (0, 1]
	Interval     *Duration `json:"interval,omitempty"` // alpha's reference interval, whatever the source's interval is
}

// Pods scrapes each opted-in pod.
type Pods struct {
	Interval *Duration `json:"interval,omitempty"`
	Timeout  *Duration `json:"timeout,omitempty"` // per pod
	Field    string    `json:"field"`             // dotted path in a JSON body, metric name in Prometheus text
	// Counter is likewise where the field's integral over time is, such as user-seconds. Its increase over the time between two
	// scrapes is the exact average, where the field is only a moment's. The field is required all the same: it stands in for a pod's
	// first scrape, after a reset, after a gap longer than maxAge, and where the body has no counter. A counter that is there but is
	// not a finite number of 0 or more fails the scrape. In Prometheus text both are summed over their series.
	Counter string `json:"counter,omitempty"`
}

// Prometheus asks one query for the values of all pods.
type Prometheus struct {
	URL      string    `json:"url"`
	Query    string    `json:"query"` // best a range selector: its samples carry their true times
	Interval *Duration `json:"interval,omitempty"`
	Timeout  *Duration `json:"timeout,omitempty"`
	Scale    *float64  `json:"scale,omitempty"` // values are multiplied by it: 100 turns a ratio into percent
}

// CollectEvery is the time between two collections of the metric.
func (m *Metric) CollectEvery() time.Duration {
	if m.Pods != nil {
		return m.Pods.Interval.Duration
	}
	return m.Prometheus.Interval.Duration
}

// HalfLives is the smoothing in the estimator's own terms. It fails only where Validate does.
func (s *Smoothing) HalfLives() (smoothing.HalfLives, error) {
	if s.Alpha != nil {
		return smoothing.FromAlpha(*s.Alpha, s.Interval.Duration)
	}
	return smoothing.HalfLives{Rise: s.RiseHalfLife.Duration, Fall: s.FallHalfLife.Duration}, nil
}
