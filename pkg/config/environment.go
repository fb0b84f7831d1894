package config

import (
	"errors"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Variable is an environment variable that overrides the configuration file.
type Variable struct {
	Name string
	Help string // what it sets, for --help
}

const (
	envAlpha         = "USERSCALE_ALPHA"
	envRiseHalfLife  = "USERSCALE_RISE_HALF_LIFE"
	envFallHalfLife  = "USERSCALE_FALL_HALF_LIFE"
	envPrometheusURL = "USERSCALE_PROMETHEUS_URL"
)

// Variables lists the environment variables that Load reads. An empty one counts as unset.
func Variables() []Variable {
	return []Variable{
		{envAlpha, "alpha of every metric, both directions; in (0, 1], per 5s unless the file sets an interval"},
		{envRiseHalfLife, "half-life of every metric when its total rises, a duration such as 10s"},
		{envFallHalfLife, "half-life of every metric when its total falls, a duration such as 60s"},
		{envPrometheusURL, "URL of the first of prometheusServers"},
	}
}

// override puts the environment over what the file says. What is set badly is an error even where nothing uses it.
func (c *AdapterConfiguration) override(getenv func(string) string) field.ErrorList {
	e := environment{getenv: getenv}
	alpha := e.alpha()
	rise, fall := e.halfLife(envRiseHalfLife), e.halfLife(envFallHalfLife)
	url := e.url()
	if alpha != nil && (rise != nil || fall != nil) {
		e.errs = append(e.errs, field.Forbidden(field.NewPath(envAlpha),
			"set either it or "+envRiseHalfLife+" and "+envFallHalfLife+", not both"))
		return e.errs
	}
	for i := range c.Metrics {
		c.Metrics[i].Smoothing.override(alpha, rise, fall)
	}
	if url != "" && len(c.PrometheusServers) > 0 {
		c.PrometheusServers[0].URL = url
	}
	return e.errs
}

// override replaces one way of saying it by the other: what the file says the other way goes.
func (s *Smoothing) override(alpha *float64, rise, fall *Duration) {
	if alpha != nil {
		s.Alpha, s.RiseHalfLife, s.FallHalfLife = alpha, nil, nil
	}
	if rise != nil || fall != nil {
		s.Alpha, s.Interval = nil, nil
	}
	if rise != nil {
		s.RiseHalfLife = rise
	}
	if fall != nil {
		s.FallHalfLife = fall
	}
}

type environment struct {
	getenv func(string) string
	errs   field.ErrorList
}

func (e *environment) alpha() *float64 {
	text := e.getenv(envAlpha)
	if text == "" {
		return nil
	}
	alpha, err := strconv.ParseFloat(text, 64)
	if err == nil && !validAlpha(alpha) {
		err = errors.New("out of range")
	}
	if err != nil {
		e.errs = append(e.errs, field.Invalid(field.NewPath(envAlpha), text, allowedAlpha))
		return nil
	}
	return &alpha
}

func (e *environment) halfLife(name string) *Duration {
	text := e.getenv(name)
	if text == "" {
		return nil
	}
	d, err := time.ParseDuration(text)
	if err == nil && d < 0 {
		err = errors.New("negative")
	}
	if err != nil {
		e.errs = append(e.errs, field.Invalid(field.NewPath(name), text, allowedHalfLife))
		return nil
	}
	return &Duration{Duration: d}
}

func (e *environment) url() string {
	text := e.getenv(envPrometheusURL)
	if text == "" {
		return ""
	}
	e.errs = append(e.errs, validateURL(field.NewPath(envPrometheusURL), text)...)
	return text
}
