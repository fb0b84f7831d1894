package config

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// mostOf is how many metrics, servers, targets and so on there may be of each: more are a mistake of what wrote them.
const mostOf = 100

const (
	allowedName = "must be of at most 253 letters, digits, '_', '.', ':' and '-', and begin with a letter or '_'"
	allowedURL  = "must be an http or https URL with a host and without query, fragment or user, such as http://prometheus.monitoring.svc:9090"
)

// nameFormat: metric names are path segments of the API.
var nameFormat = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.:-]{0,252}$`)

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
	errs = append(errs, c.SmoothingLimits.validate(field.NewPath("smoothingLimits"))...)
	errs = append(errs, c.validateServers(field.NewPath("prometheusServers"))...)
	return append(errs, c.validateMetrics(field.NewPath("metrics"))...)
}

func (l *SmoothingLimits) validate(path *field.Path) field.ErrorList {
	errs := validateHalfLife(path.Child("minHalfLife"), l.MinHalfLife)
	if l.MaxHalfLife.Duration < l.MinHalfLife.Duration {
		errs = append(errs, field.Invalid(path.Child("maxHalfLife"), l.MaxHalfLife.String(),
			fmt.Sprintf("must be at least minHalfLife, %v", l.MinHalfLife)))
	}
	return errs
}

func (c *AdapterConfiguration) validateServers(path *field.Path) field.ErrorList {
	if n := len(c.PrometheusServers); n > mostOf {
		return field.ErrorList{field.TooMany(path, n, mostOf)}
	}
	var errs field.ErrorList
	seen := sets.New[string]()
	for i := range c.PrometheusServers {
		s, at := &c.PrometheusServers[i], path.Index(i)
		switch {
		case s.Name == "":
			errs = append(errs, field.Required(at.Child("name"), "by which metrics name it"))
		case seen.Has(s.Name):
			errs = append(errs, field.Duplicate(at.Child("name"), s.Name))
		default:
			errs = append(errs, invalid(at.Child("name"), s.Name, validation.IsDNS1123Label(s.Name), allowedLabelName)...)
		}
		seen.Insert(s.Name)
		errs = append(errs, s.validate(at)...)
	}
	return errs
}

// validateServer judges a metric's choice of a server.
func (c *AdapterConfiguration) validateServer(path *field.Path, name string) field.ErrorList {
	var names []string
	for _, s := range c.PrometheusServers {
		names = append(names, s.Name)
	}
	switch {
	case len(names) == 0:
		return field.ErrorList{field.Required(field.NewPath("prometheusServers"), "name the one that "+path.String()+" is to ask")}
	case name == "" && len(names) == 1: // the server's own name is missing, which is said there
		return nil
	case name == "":
		return field.ErrorList{field.Required(path, fmt.Sprintf("there are several prometheusServers: one of %q", names))}
	case !slices.Contains(names, name):
		return field.ErrorList{field.NotSupported(path, name, names)}
	}
	return nil
}

func (c *AdapterConfiguration) validateMetrics(path *field.Path) field.ErrorList {
	switch n := len(c.Metrics); {
	case n == 0:
		return field.ErrorList{field.Required(path, "name at least one metric")}
	case n > mostOf:
		return field.ErrorList{field.TooMany(path, n, mostOf)}
	}
	var errs field.ErrorList
	seen := map[string]*field.Path{}
	for i := range c.Metrics {
		errs = append(errs, c.Metrics[i].validateNames(path.Index(i), seen)...)
		errs = append(errs, c.Metrics[i].validate(path.Index(i), c)...)
	}
	return errs
}

// validateNames sees to it that no two things are served under one name.
func (m *Metric) validateNames(path *field.Path, seen map[string]*field.Path) field.ErrorList {
	if m.Name == "" {
		return field.ErrorList{field.Required(path.Child("name"), allowedName)}
	}
	var errs field.ErrorList
	for _, n := range []struct{ field, value string }{{"name", m.Name}, {"rawName", m.RawName}, {"totalName", m.TotalName}} {
		at := path.Child(n.field)
		switch first, taken := seen[n.value]; {
		case !nameFormat.MatchString(n.value):
			errs = append(errs, field.Invalid(at, n.value, allowedName))
		case taken:
			errs = append(errs, field.Invalid(at, n.value, "must differ from all other names that are served, and is "+first.String()))
		default:
			seen[n.value] = at
		}
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
	if err != nil || u.RawQuery != "" || u.ForceQuery || !fit(u, text, "http", "https") {
		return field.ErrorList{field.Invalid(path, redacted(u, text), allowedURL)}
	}
	return nil
}

// fit says whether a URL leads to a host by one of the schemes, and says no more than that and a path with a query. What HTTP could
// not send is no URL either.
func fit(u *url.URL, text string, schemes ...string) bool {
	_, err := http.NewRequestWithContext(context.Background(), http.MethodGet, text, http.NoBody)
	return err == nil && utf8.ValidString(text) && slices.Contains(schemes, u.Scheme) && u.Hostname() != "" && u.Fragment == "" && u.User == nil
}

// redacted keeps a password out of the error.
func redacted(u *url.URL, text string) string {
	if u != nil && u.User != nil {
		return u.Redacted()
	}
	return text
}

// The forms of Kubernetes' own names, whose validation says so at greater length.
const (
	allowedLabelName  = "must be of at most 63 lower-case letters, digits and '-', and begin and end with a letter or digit"
	allowedDomainName = "must be of at most 253 lower-case letters, digits, '-' and '.', and begin and end with a letter or digit"
	allowedKey        = "must be of at most 253 letters, digits, '-', '_' and '.'"
)

// invalid is an error where Kubernetes' own validation has any reasons.
func invalid(path *field.Path, value string, reasons []string, allowed string) field.ErrorList {
	if len(reasons) == 0 {
		return nil
	}
	return field.ErrorList{field.Invalid(path, value, allowed)}
}
