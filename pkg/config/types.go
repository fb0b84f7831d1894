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
	APIVersion        string             `json:"apiVersion"`                  // adapter.userscale.dev/v1alpha1
	Kind              string             `json:"kind"`                        // AdapterConfiguration
	SmoothingLimits   SmoothingLimits    `json:"smoothingLimits,omitzero"`    // of what an HPA's annotations may ask for
	PrometheusServers []PrometheusServer `json:"prometheusServers,omitempty"` // that metrics name as their source
	Metrics           []Metric           `json:"metrics"`                     // 1 to 100
}

// SmoothingLimits bounds the half-lives that an HPA's annotations may ask for, an alpha by the half-life that it stands for. An
// annotation outside of them is not followed.
type SmoothingLimits struct {
	MinHalfLife *Duration `json:"minHalfLife,omitempty"` // 0s or more
	MaxHalfLife *Duration `json:"maxHalfLife,omitempty"` // minHalfLife or more
}

// Metric is one metric of pods. It names exactly one source: pods, prometheus or dcgm. What it serves has names of its own, which no
// other metric has: letters, digits, '_', '.', ':' and '-', with a letter or '_' first.
type Metric struct {
	Name      string    `json:"name"`                // serves the pod's share of the smoothed total
	RawName   string    `json:"rawName,omitempty"`   // serves the pod's last value; the name and "_raw" unless set
	TotalName string    `json:"totalName,omitempty"` // serves the smoothed total of the pods that an object selects; the name and "_total" unless set
	MaxAge    *Duration `json:"maxAge,omitempty"`    // a pod whose last value is older is left out; at least the source's interval
	Range     Range     `json:"range,omitzero"`      // values outside are dropped and counted
	Smoothing Smoothing `json:"smoothing,omitzero"`  // half-lives or alpha, never both
	// MinCoverage is the share of a workload's expected pods, from 0 to 1, that must have a value for any to be served; 0 serves what
	// there is. A pod is expected when it runs, is not being deleted, and reported before or has been ready for two intervals.
	MinCoverage *float64    `json:"minCoverage,omitempty"`
	Pods        *Pods       `json:"pods,omitempty"`       // scrape the pods themselves
	Prometheus  *Prometheus `json:"prometheus,omitempty"` // ask a Prometheus for all pods at once
	DCGM        *DCGM       `json:"dcgm,omitempty"`       // GPU metrics of NVIDIA's dcgm-exporter
}

// Range is the closed range of accepted values, in the metric's unit and after scaling. Max is at most 1e12, which keeps totals exact
// in the API's thousandths.
type Range struct {
	Min *float64 `json:"min,omitempty"` // 0 or more
	Max *float64 `json:"max,omitempty"` // more than min; 100 is the default of dcgm, which is in percent
}

// Smoothing says how fast the smoothed total follows the raw one: a half-life per direction, or an alpha per interval for
// both. A half-life of 0 and an alpha of 1 follow at once.
type Smoothing struct {
	RiseHalfLife *Duration `json:"riseHalfLife,omitempty"` // when the total rises
	FallHalfLife *Duration `json:"fallHalfLife,omitempty"` // when the total falls
	Alpha        *float64  `json:"alpha,omitempty"`        // greater than 0, at most 1
	Interval     *Duration `json:"interval,omitempty"`     // alpha's reference interval, whatever the source's interval is
}

// CollectEvery is the time between two collections of the metric.
func (m *Metric) CollectEvery() time.Duration {
	switch {
	case m.Pods != nil:
		return m.Pods.Interval.Duration
	case m.Prometheus != nil:
		return m.Prometheus.Interval.Duration
	default:
		return m.DCGM.Interval.Duration
	}
}

// PrometheusServer returns the server of that name; without a name, the only one. It is nil only where Validate fails.
func (c *AdapterConfiguration) PrometheusServer(name string) *PrometheusServer {
	if name == "" && len(c.PrometheusServers) == 1 {
		return &c.PrometheusServers[0]
	}
	for i := range c.PrometheusServers {
		if name != "" && c.PrometheusServers[i].Name == name {
			return &c.PrometheusServers[i]
		}
	}
	return nil
}

// HalfLives is the smoothing in the estimator's own terms. It fails only where Validate does.
func (s *Smoothing) HalfLives() (smoothing.HalfLives, error) {
	if s.Alpha != nil {
		return smoothing.FromAlpha(*s.Alpha, s.Interval.Duration)
	}
	return smoothing.HalfLives{Rise: s.RiseHalfLife.Duration, Fall: s.FallHalfLife.Duration}, nil
}
