package config

import (
	"fmt"
	"math"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

const (
	allowedAlpha    = "must be a number greater than 0 and at most 1"
	allowedHalfLife = "must be a duration of 0s or more, such as 10s"
)

// largestMax keeps the totals of thousands of pods exact in thousandths.
const largestMax = 1e12

func (m *Metric) validate(path *field.Path, c *AdapterConfiguration) field.ErrorList {
	errs := m.Smoothing.validate(path.Child("smoothing"))
	errs = append(errs, m.Range.validate(path.Child("range"))...)
	if c := *m.MinCoverage; !(c >= 0 && c <= 1) {
		errs = append(errs, field.Invalid(path.Child("minCoverage"), c, "must be a number from 0 to 1"))
	}
	if errs = append(errs, m.validateSources(path, c)...); m.sources() == 0 {
		return errs
	}
	if every := m.CollectEvery(); m.MaxAge.Duration < every {
		errs = append(errs, field.Invalid(path.Child("maxAge"), m.MaxAge.String(),
			fmt.Sprintf("must be at least the source's interval, %v", every)))
	}
	return errs
}

func (m *Metric) sources() int {
	return count(m.Pods != nil, m.Prometheus != nil, m.DCGM != nil)
}

func (m *Metric) validateSources(path *field.Path, c *AdapterConfiguration) field.ErrorList {
	var errs field.ErrorList
	switch m.sources() {
	case 0:
		return field.ErrorList{field.Required(path, "a metric needs a source: one of pods, prometheus and dcgm")}
	case 1:
	default:
		errs = append(errs, field.Forbidden(path, "a metric has one source: name one of pods, prometheus and dcgm, and another metric for each other"))
	}
	if m.Pods != nil {
		errs = append(errs, m.Pods.validate(path.Child("pods"))...)
	}
	if m.Prometheus != nil {
		errs = append(errs, m.Prometheus.validate(path.Child("prometheus"), c)...)
	}
	if m.DCGM != nil {
		errs = append(errs, m.DCGM.validate(path.Child("dcgm"), c)...)
	}
	return errs
}

func (r *Range) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if !finite(*r.Min) || *r.Min < 0 {
		errs = append(errs, field.Invalid(path.Child("min"), *r.Min, "must be 0 or more: totals of negative values cannot be shared out"))
	}
	if !(*r.Max > *r.Min && *r.Max <= largestMax) {
		errs = append(errs, field.Invalid(path.Child("max"), *r.Max,
			fmt.Sprintf("must be greater than min, %v, and at most %v", *r.Min, largestMax)))
	}
	return errs
}

func (s *Smoothing) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if s.Alpha != nil && (s.RiseHalfLife != nil || s.FallHalfLife != nil) {
		errs = append(errs, field.Forbidden(path.Child("alpha"), "give either alpha or half-lives, not both"))
	}
	if s.Alpha == nil && s.Interval != nil {
		errs = append(errs, field.Forbidden(path.Child("interval"), "it belongs to alpha, which is not set"))
	}
	if s.Alpha != nil {
		errs = append(errs, s.validateAlpha(path)...)
	}
	errs = append(errs, validateHalfLife(path.Child("riseHalfLife"), s.RiseHalfLife)...)
	return append(errs, validateHalfLife(path.Child("fallHalfLife"), s.FallHalfLife)...)
}

func (s *Smoothing) validateAlpha(path *field.Path) field.ErrorList {
	if s.Interval.Duration <= 0 {
		return field.ErrorList{field.Invalid(path.Child("interval"), s.Interval.String(), "must be greater than 0s")}
	}
	if _, err := s.HalfLives(); err != nil || !validAlpha(*s.Alpha) {
		return field.ErrorList{field.Invalid(path.Child("alpha"), *s.Alpha, allowedAlpha+", and give a half-life that a duration can hold")}
	}
	return nil
}

func validateHalfLife(path *field.Path, h *Duration) field.ErrorList {
	if h != nil && h.Duration < 0 {
		return field.ErrorList{field.Invalid(path, h.String(), allowedHalfLife)}
	}
	return nil
}

func validAlpha(alpha float64) bool { return alpha > 0 && alpha <= 1 }

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// count is how many are so: of exactly one, one.
func count(are ...bool) int {
	n := 0
	for _, is := range are {
		if is {
			n++
		}
	}
	return n
}
