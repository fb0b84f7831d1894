package config

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const (
	allowedQuery  = "must be a PromQL query of an instant or range vector, such as app_users[2m]"
	allowedSeries = `must name one metric, with or without label matchers, such as active_users{tier!="internal"}`
	allowedLabel  = "must be of letters, digits, '_' and '.', and begin with a letter or '_'"
)

// labelFormat takes the names of OpenTelemetry's attributes too, such as k8s.pod.name.
var labelFormat = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// promQL reads what some server may be set to understand.
func promQL() parser.Parser {
	return parser.NewParser(parser.Options{EnableExperimentalFunctions: true, ExperimentalDurationExpr: true,
		EnableExtendedRangeSelectors: true, EnableBinopFillModifiers: true})
}

// longestQuery is in bytes. The parser takes time with the square of it.
const longestQuery = 10_000

func tooLong(path *field.Path, text string) field.ErrorList {
	if len(text) > longestQuery {
		return field.ErrorList{field.TooLong(path, text, longestQuery)}
	}
	return nil
}

func (p *Prometheus) validate(path *field.Path, c *AdapterConfiguration) field.ErrorList {
	errs := validateTimes(path, p.Interval.Duration, p.Timeout.Duration)
	errs = append(errs, c.validateServer(path.Child("server"), p.Server)...)
	errs = append(errs, p.validateQuery(path.Child("query"))...)
	errs = append(errs, p.Labels.validate(path.Child("labels"))...)
	if !finite(*p.Scale) || *p.Scale <= 0 {
		errs = append(errs, field.Invalid(path.Child("scale"), *p.Scale, "must be greater than 0"))
	}
	return append(errs, oneOf(path.Child("combine"), p.Combine, CombineSum, CombineAverage, CombineMax)...)
}

func (p *Prometheus) validateQuery(path *field.Path) field.ErrorList {
	if p.Query == "" {
		return field.ErrorList{field.Required(path, allowedQuery)}
	}
	if errs := tooLong(path, p.Query); errs != nil {
		return errs
	}
	expr, err := promQL().ParseExpr(p.Query)
	if err != nil {
		return field.ErrorList{field.Invalid(path, p.Query, fmt.Sprintf("%s: %v", allowedQuery, err))}
	}
	if t := expr.Type(); t != parser.ValueTypeVector && t != parser.ValueTypeMatrix {
		return field.ErrorList{field.Invalid(path, p.Query, fmt.Sprintf("%s, and is a %s", allowedQuery, parser.DocumentedType(t)))}
	}
	if lost := p.Labels.lostIn(expr); lost != "" {
		return field.ErrorList{field.Invalid(path, p.Query, fmt.Sprintf("must keep the labels that name a pod, and loses %s: add by (%s, %s)",
			lost, p.Labels.Namespace, p.Labels.Pod))}
	}
	return nil
}

// lostIn returns a label that the query's outermost aggregation does not keep; empty where all is kept or that cannot be told.
func (l *PodLabels) lostIn(expr parser.Expr) string {
	for {
		parens, ok := expr.(*parser.ParenExpr)
		if !ok {
			break
		}
		expr = parens.Expr
	}
	sum, ok := expr.(*parser.AggregateExpr)
	if !ok || slices.Contains([]parser.ItemType{parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO}, sum.Op) {
		return ""
	}
	for _, label := range []string{l.Namespace, l.Pod} {
		if slices.Contains(sum.Grouping, label) == sum.Without {
			return label
		}
	}
	return ""
}

func (l *PodLabels) validate(path *field.Path) field.ErrorList {
	errs := validateLabel(path.Child("namespace"), l.Namespace)
	errs = append(errs, validateLabel(path.Child("pod"), l.Pod)...)
	if l.Pod == l.Namespace {
		errs = append(errs, field.Invalid(path.Child("pod"), l.Pod, "must differ from the label of the namespace"))
	}
	return errs
}

func validateLabel(path *field.Path, name string) field.ErrorList {
	if !labelFormat.MatchString(name) {
		return field.ErrorList{field.Invalid(path, name, allowedLabel)}
	}
	return nil
}

// selector parses label matchers, with or without a metric's name before them; allowed is what they are to be.
func selector(path *field.Path, text, allowed string) ([]*labels.Matcher, field.ErrorList) {
	if errs := tooLong(path, text); errs != nil {
		return nil, errs
	}
	matchers, err := promQL().ParseMetricSelector(text)
	if err != nil {
		return nil, field.ErrorList{field.Invalid(path, text, fmt.Sprintf("%s: %v", allowed, err))}
	}
	return matchers, nil
}

// validateSeries judges a selector of one metric's series in a pod's answer.
func validateSeries(path *field.Path, text string) field.ErrorList {
	if text == "" {
		return nil
	}
	matchers, errs := selector(path, text, allowedSeries)
	if errs != nil {
		return errs
	}
	for _, m := range matchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual && m.Value != "" {
			return nil
		}
	}
	return field.ErrorList{field.Invalid(path, text, allowedSeries)}
}

// validateMatchers judges what narrows the series of a metric that is named elsewhere.
func validateMatchers(path *field.Path, text string) field.ErrorList {
	const allowed = `must be label matchers in braces, such as {job="dcgm-exporter"}`
	if text == "" {
		return nil
	}
	matchers, errs := selector(path, text, allowed)
	if errs != nil {
		return errs
	}
	for _, m := range matchers {
		if m.Name == model.MetricNameLabel {
			return field.ErrorList{field.Invalid(path, text, allowed+", without a metric's name")}
		}
	}
	return nil
}

// oneOf judges a value of a few.
func oneOf[T ~string](path *field.Path, value T, allowed ...T) field.ErrorList {
	if !slices.Contains(allowed, value) {
		return field.ErrorList{field.NotSupported(path, value, allowed)}
	}
	return nil
}
