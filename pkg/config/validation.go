package config

import (
	"fmt"
	"math"
	"net/url"
	"regexp"
	"time"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const (
	allowedAlpha    = "must be a number greater than 0 and at most 1"
	allowedHalfLife = "must be a duration of 0s or more, such as 10s"
	allowedName     = "must consist of letters, digits, '_', '.', ':' and '-', and begin with a letter or '_'"
	allowedField    = "must be a metric name or a dotted path of JSON field names (letters, digits, '_' and '-'), such as active_users or load.users"
	allowedURL      = "must be an http or https URL with a host and without query, fragment or user, such as http://prometheus.monitoring.svc:9090"
)

// Metric names are path segments of the API, and field names are not to be taken for a query language's operators.
var (
	nameFormat  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.:-]*$`)
	fieldFormat = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`)
)

// Validate returns every error of a configuration with its defaults set, each with the field's path, its value and what
// is allowed.
func (c *AdapterConfiguration) Validate() field.ErrorList {
	var errs field.ErrorList
	if c.APIVersion != APIVersion {
		errs = append(errs, field.NotSupported(field.NewPath("apiVersion"), c.APIVersion, []string{APIVersion}))
	}
	if c.Kind != Kind {
		errs = append(errs, field.NotSupported(field.NewPath("kind"), c.Kind, []string{Kind}))
	}
	if len(c.Metrics) == 0 {
		errs = append(errs, field.Required(field.NewPath("metrics"), "name at least one metric"))
	}
	for i := range c.PrometheusServers {
		errs = append(errs, validateURL(field.NewPath("prometheusServers").Index(i).Child("url"), c.PrometheusServers[i].URL)...)
	}
	seen := sets.New[string]()
	for i := range c.Metrics {
		path := field.NewPath("metrics").Index(i)
		errs = append(errs, c.Metrics[i].validateNames(path, seen)...)
		errs = append(errs, c.Metrics[i].validate(path)...)
	}
	return errs
}

// validateNames sees to it that no two things are served under one name.
func (m *Metric) validateNames(path *field.Path, seen sets.Set[string]) field.ErrorList {
	if m.Name == "" {
		return field.ErrorList{field.Required(path.Child("name"), allowedName)}
	}
	var errs field.ErrorList
	for _, n := range []struct{ field, value string }{{"name", m.Name}, {"rawName", m.RawName}, {"totalName", m.TotalName}} {
		if !nameFormat.MatchString(n.value) {
			errs = append(errs, field.Invalid(path.Child(n.field), n.value, allowedName))
		}
		if seen.Has(n.value) {
			errs = append(errs, field.Duplicate(path.Child(n.field), n.value))
		}
		seen.Insert(n.value)
	}
	return errs
}

func (m *Metric) validate(path *field.Path) field.ErrorList {
	errs := m.Smoothing.validate(path.Child("smoothing"))
	switch {
	case m.Pods != nil && m.Prometheus != nil:
		return append(errs, field.Forbidden(path.Child("prometheus"), "a metric has one source: pods or prometheus"))
	case m.Pods != nil:
		errs = append(errs, m.Pods.validate(path.Child("pods"))...)
	case m.Prometheus != nil:
		errs = append(errs, m.Prometheus.validate(path.Child("prometheus"))...)
	default:
		return append(errs, field.Required(path, "a metric needs a source: pods or prometheus"))
	}
	errs = append(errs, m.Range.validate(path.Child("range"))...)
	if c := *m.MinCoverage; !(c >= 0 && c <= 1) {
		errs = append(errs, field.Invalid(path.Child("minCoverage"), c, "must be a number from 0 to 1"))
	}
	if every := m.CollectEvery(); m.MaxAge.Duration < every {
		errs = append(errs, field.Invalid(path.Child("maxAge"), m.MaxAge.String(),
			fmt.Sprintf("must be at least the source's interval, %v", every)))
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

// largestMax keeps the totals of thousands of pods exact in thousandths.
const largestMax = 1e12

func (s *Smoothing) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if s.Alpha != nil && (s.RiseHalfLife != nil || s.FallHalfLife != nil) {
		errs = append(errs, field.Forbidden(path.Child("alpha"), "give either alpha or half-lives, not both"))
	}
	if s.Alpha == nil && s.Interval != nil {
		errs = append(errs, field.Forbidden(path.Child("interval"), "it belongs to alpha, which is not set"))
	}
	if s.Alpha != nil {
		if _, err := s.HalfLives(); err != nil {
			errs = append(errs, field.Invalid(path.Child("alpha"), *s.Alpha, allowedAlpha+", with an interval greater than 0s: "+err.Error()))
		}
	}
	errs = append(errs, validateHalfLife(path.Child("riseHalfLife"), s.RiseHalfLife)...)
	return append(errs, validateHalfLife(path.Child("fallHalfLife"), s.FallHalfLife)...)
}

func validateHalfLife(path *field.Path, h *Duration) field.ErrorList {
	if h != nil && h.Duration < 0 {
		return field.ErrorList{field.Invalid(path, h.String(), allowedHalfLife)}
	}
	return nil
}

func (p *Pods) validate(path *field.Path) field.ErrorList {
	errs := validateTimes(path, p.Interval.Duration, p.Timeout.Duration)
	if !fieldFormat.MatchString(p.Field) {
		errs = append(errs, field.Invalid(path.Child("field"), p.Field, allowedField))
	}
	switch {
	case p.Counter == "":
	case !fieldFormat.MatchString(p.Counter):
		errs = append(errs, field.Invalid(path.Child("counter"), p.Counter, allowedField))
	case p.Counter == p.Field:
		errs = append(errs, field.Invalid(path.Child("counter"), p.Counter, "must differ from field, whose integral over time it is"))
	}
	return errs
}

func (p *Prometheus) validate(path *field.Path) field.ErrorList {
	errs := validateTimes(path, p.Interval.Duration, p.Timeout.Duration)
	if p.Query == "" {
		errs = append(errs, field.Required(path.Child("query"), "a PromQL query, such as DCGM_FI_DEV_GPU_UTIL[2m]"))
	}
	if !finite(*p.Scale) || *p.Scale <= 0 {
		errs = append(errs, field.Invalid(path.Child("scale"), *p.Scale, "must be greater than 0"))
	}
	return errs
}

// validateTimes: a collection that outlives its interval would delay the next one.
func validateTimes(path *field.Path, interval, timeout time.Duration) field.ErrorList {
	var errs field.ErrorList
	if interval < minInterval {
		errs = append(errs, field.Invalid(path.Child("interval"), interval.String(), fmt.Sprintf("must be at least %v", minInterval)))
	}
	if timeout <= 0 || timeout > interval {
		errs = append(errs, field.Invalid(path.Child("timeout"), timeout.String(),
			fmt.Sprintf("must be greater than 0s and at most the interval, %v", interval)))
	}
	return errs
}

// minInterval keeps a typing error from turning the adapter into a load generator.
const minInterval = 100 * time.Millisecond

func validateURL(path *field.Path, text string) field.ErrorList {
	u, err := url.Parse(text)
	if err != nil || !utf8.ValidString(text) || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" ||
		u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return field.ErrorList{field.Invalid(path, text, allowedURL)}
	}
	return nil
}

func validAlpha(alpha float64) bool { return alpha > 0 && alpha <= 1 }

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
