package config

import (
	"time"

	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (d *DCGM) validate(path *field.Path, c *AdapterConfiguration) field.ErrorList {
	errs := validateTimes(path, d.Interval.Duration, d.Timeout.Duration)
	switch count(d.Prometheus != nil, d.Exporters != nil) {
	case 0:
		errs = append(errs, field.Required(path, "a way to the GPU metrics: one of prometheus and exporters, such as exporters: {}"))
	case 2:
		errs = append(errs, field.Forbidden(path, "there is one way to the GPU metrics: name one of prometheus and exporters"))
	}
	if d.Prometheus != nil {
		errs = append(errs, d.Prometheus.validate(path.Child("prometheus"), c)...)
	}
	if d.Exporters != nil {
		errs = append(errs, validateTargets(path.Child("exporters", "targets"), d.Exporters.Targets)...)
		errs = append(errs, d.Exporters.validate(path.Child("exporters"))...)
	}
	errs = append(errs, validateFields(path.Child("fields"), d.Fields)...)
	errs = append(errs, oneOf(path.Child("combine"), d.Combine, CombineAverage, CombineMax)...)
	return append(errs, oneOf(path.Child("sharedGPUs"), d.SharedGPUs, SharedInclude, SharedExclude)...)
}

func (p *DCGMPrometheus) validate(path *field.Path, c *AdapterConfiguration) field.ErrorList {
	errs := c.validateServer(path.Child("server"), p.Server)
	errs = append(errs, validateMatchers(path.Child("matchers"), p.Matchers)...)
	if l := p.Lookback.Duration; l < time.Second || l > time.Hour || l%time.Second != 0 {
		errs = append(errs, field.Invalid(path.Child("lookback"), l.String(), "must be from 1s to 1h, in whole seconds"))
	}
	return errs
}

func validateFields(path *field.Path, fields []DCGMField) field.ErrorList {
	if n := len(fields); n > mostOf {
		return field.ErrorList{field.TooMany(path, n, mostOf)}
	}
	var errs field.ErrorList
	seen := sets.New[string]()
	for i, f := range fields {
		name := path.Index(i).Child("name")
		switch {
		case !metricName.MatchString(f.Name):
			errs = append(errs, field.Invalid(name, f.Name, "must be the name of a metric, such as DCGM_FI_DEV_GPU_UTIL"))
		case seen.Has(f.Name):
			errs = append(errs, field.Duplicate(name, f.Name))
		}
		seen.Insert(f.Name)
		errs = append(errs, oneOf(path.Index(i).Child("unit"), f.Unit, UnitPercent, UnitRatio)...)
	}
	return errs
}
