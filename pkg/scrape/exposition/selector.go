package exposition

import (
	"bytes"
	"fmt"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Selector picks series by the metric's name and by labels.
type Selector struct {
	name   string
	labels []*labels.Matcher // without the name's
}

// Named selects all series of a metric.
func Named(metric string) Selector { return Selector{name: metric} }

// Parse reads PromQL's notation, such as active_users{tier!="internal"}. The metric has to be named, and by its whole name.
func Parse(text string) (Selector, error) {
	matchers, err := parser.NewParser(parser.Options{}).ParseMetricSelector(text)
	if err != nil {
		return Selector{}, fmt.Errorf("series %q: %w", text, err)
	}
	var s Selector
	for _, m := range matchers {
		switch {
		case m.Name != model.MetricNameLabel:
			s.labels = append(s.labels, m)
		case m.Type == labels.MatchEqual && s.name == "":
			s.name = m.Value
		default:
			return Selector{}, fmt.Errorf("series %q: the metric is to be named, once and by its whole name", text)
		}
	}
	if s.name == "" {
		return Selector{}, fmt.Errorf("series %q: names no metric", text)
	}
	return s, nil
}

// String is the selector in PromQL's notation.
func (s Selector) String() string {
	if len(s.labels) == 0 {
		return s.name
	}
	var text bytes.Buffer
	text.WriteString(s.name)
	for i, m := range s.labels {
		text.WriteByte("{,"[min(i, 1)])
		text.WriteString(m.String())
	}
	text.WriteByte('}')
	return text.String()
}

// mayMatch tells most series of other metrics apart by how the text of a series begins, without reading it.
func (s Selector) mayMatch(series []byte) bool {
	if len(series) > 0 && series[0] == '{' { // the name is within the braces
		return true
	}
	rest, ok := bytes.CutPrefix(series, []byte(s.name))
	return ok && (len(rest) == 0 || bytes.IndexByte([]byte("{ \t"), rest[0]) >= 0)
}

func (s Selector) match(series labels.Labels) bool {
	if series.Get(model.MetricNameLabel) != s.name {
		return false
	}
	for _, m := range s.labels {
		if !m.Matches(series.Get(m.Name)) {
			return false
		}
	}
	return true
}
