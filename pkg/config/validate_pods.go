package config

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const (
	allowedField = "must be names of JSON fields (letters, digits, '_' and '-'), indexes of arrays and # for every element, with dots between them, " +
		"such as active_users, load.users or rooms.#.users"
	allowedPort = "must be a number from 1 to 65535, or the name of a container port: at most 15 lower-case letters, digits and '-', a letter among them"
	allowedPath = "must begin with one / and be a path of a URL, with a query or without, such as /metrics"
)

// fieldFormat leaves out what a query language would take for operators.
var fieldFormat = regexp.MustCompile(`^([A-Za-z0-9_-]+|#)(\.([A-Za-z0-9_-]+|#))*$`)

func (p *Pods) validate(path *field.Path) field.ErrorList {
	errs := validateTimes(path, p.Interval.Duration, p.Timeout.Duration)
	if p.Field == "" && p.Series == "" {
		errs = append(errs, field.Required(path.Child("field"), allowedField+"; or series alone, for apps that speak a format of Prometheus"))
	}
	errs = append(errs, validateField(path.Child("field"), p.Field)...)
	errs = append(errs, validateField(path.Child("counter"), p.Counter)...)
	errs = append(errs, validateSeries(path.Child("series"), p.Series)...)
	errs = append(errs, validateSeries(path.Child("counterSeries"), p.CounterSeries)...)
	if p.Counter != "" && p.Counter == p.Field {
		errs = append(errs, field.Invalid(path.Child("counter"), p.Counter, "must differ from field, whose integral over time it is"))
	} else if p.CounterSeries != "" && p.CounterSeries == p.Series {
		errs = append(errs, field.Invalid(path.Child("counterSeries"), p.CounterSeries, "must differ from series, whose integral over time it is"))
	}
	errs = append(errs, validateTargets(path.Child("targets"), p.Targets)...)
	return append(errs, p.Client.validate(path)...)
}

func validateField(path *field.Path, text string) field.ErrorList {
	if text != "" && !fieldFormat.MatchString(text) {
		return field.ErrorList{field.Invalid(path, text, allowedField)}
	}
	return nil
}

func validateTargets(path *field.Path, targets []Target) field.ErrorList {
	if n := len(targets); n > mostOf {
		return field.ErrorList{field.TooMany(path, n, mostOf)}
	}
	var errs field.ErrorList
	for i := range targets {
		errs = append(errs, targets[i].validate(path.Index(i))...)
	}
	return errs
}

func (t *Target) validate(path *field.Path) field.ErrorList {
	errs := validateNamespaces(path.Child("namespaces"), t.Namespaces)
	selector := path.Child("selector")
	if len(t.Namespaces) == 0 && len(t.Selector.MatchLabels) == 0 && len(t.Selector.MatchExpressions) == 0 {
		errs = append(errs, field.Required(selector, "matchLabels or matchExpressions, or else namespaces: without any of them it is every pod there is"))
	}
	errs = append(errs, validateSelector(selector, &t.Selector)...)
	if !validPort(t.Port) {
		errs = append(errs, field.Invalid(path.Child("port"), t.Port.String(), allowedPort))
	}
	if !validPath(t.Path) {
		errs = append(errs, field.Invalid(path.Child("path"), t.Path, allowedPath))
	}
	if t.Scheme != "http" && t.Scheme != "https" {
		errs = append(errs, field.NotSupported(path.Child("scheme"), t.Scheme, []string{"http", "https"}))
	}
	return errs
}

// validateSelector is Kubernetes' own, which does not say which operators there are and takes labels in a map's order.
func validateSelector(path *field.Path, selector *metav1.LabelSelector) field.ErrorList {
	errs := metav1validation.ValidateLabelSelector(selector, metav1validation.LabelSelectorValidationOptions{}, path)
	for _, err := range errs {
		if strings.HasSuffix(err.Field, ".operator") {
			err.Detail = "must be In, NotIn, Exists or DoesNotExist"
		}
	}
	slices.SortStableFunc(errs, func(a, b *field.Error) int { return cmp.Compare(a.Error(), b.Error()) })
	return errs
}

func validateNamespaces(path *field.Path, namespaces []string) field.ErrorList {
	if n := len(namespaces); n > mostOf {
		return field.ErrorList{field.TooMany(path, n, mostOf)}
	}
	var errs field.ErrorList
	seen := sets.New[string]()
	for i, namespace := range namespaces {
		if seen.Has(namespace) {
			errs = append(errs, field.Duplicate(path.Index(i), namespace))
		}
		seen.Insert(namespace)
		errs = append(errs, invalid(path.Index(i), namespace, validation.IsDNS1123Label(namespace), allowedLabelName)...)
	}
	return errs
}

// validPort accepts none, which stands for the first.
func validPort(port intstr.IntOrString) bool {
	if port.Type == intstr.String {
		return len(validation.IsValidPortName(port.StrVal)) == 0
	}
	return port.IntVal >= 0 && port.IntVal <= 65535
}

func validPath(path string) bool {
	_, err := url.ParseRequestURI(path)
	return err == nil && strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.Contains(path, "#")
}
