package pods

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"mime"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/tidwall/gjson"

	"userscale.dev/userscale/pkg/sample"
)

// reading is what one body says.
type reading struct {
	value      float64
	counter    float64 // the value's integral over time; meaningless unless hasCounter
	hasCounter bool
}

// parse picks the field, and the counter if it has a name and the body has it, out of a body of the given Content-Type: JSON or
// Prometheus text. Both are finite and not negative; any other is an error, and so is a body that is not well-formed to its end. The
// field has to be there also where the counter is, so that it does not turn out to be missing when it has to stand in.
func parse(contentType string, body []byte, field, counter string) (reading, error) {
	r, err := parseAs(contentType, body, field, counter)
	if err != nil {
		return reading{}, err
	}
	if !valid(r.value) {
		return reading{}, sample.Refuse(sample.ReasonOutOfRange, "%s is %v, want a finite number of 0 or more", field, r.value)
	}
	if r.hasCounter && !valid(r.counter) {
		return reading{}, sample.Refuse(sample.ReasonOutOfRange, "counter %s is %v, want a finite number of 0 or more", counter, r.counter)
	}
	return r, nil
}

func valid(v float64) bool { return v >= 0 && !math.IsInf(v, 0) }

func parseAs(contentType string, body []byte, field, counter string) (reading, error) {
	if contentType == "application/json" { // by far the most frequent, so it is not taken apart
		return parseJSON(body, field, counter)
	}
	media, _, err := mime.ParseMediaType(contentType)
	switch {
	case err == nil && media == "application/json":
		return parseJSON(body, field, counter)
	case err == nil && media == "text/plain":
		return parseText(body, field, counter)
	default:
		return reading{}, sample.Refuse(sample.ReasonMalformed, "content type %q, want application/json or text/plain", contentType)
	}
}

// parseJSON builds nothing of the body. The standard library judges its form, since it bounds the nesting of what a
// pod may send.
func parseJSON(body []byte, field, counter string) (reading, error) {
	if !json.Valid(body) {
		return reading{}, sample.Refuse(sample.ReasonMalformed, "body is not JSON")
	}
	// In a body that is one string gjson would look for the field in its text.
	if first := bytes.TrimLeft(body, " \t\r\n")[0]; first != '{' && first != '[' {
		return reading{}, sample.Refuse(sample.ReasonNoValue, "body is neither an object nor an array, so there is no field %s", field)
	}
	value := gjson.GetBytes(body, field)
	switch {
	case !value.Exists():
		return reading{}, sample.Refuse(sample.ReasonNoValue, "no field %s", field)
	case value.Type != gjson.Number:
		return reading{}, sample.Refuse(sample.ReasonNoValue, "field %s is of type %s, want a number", field, value.Type)
	}
	r := reading{value: value.Num}
	if counter == "" {
		return r, nil
	}
	switch c := gjson.GetBytes(body, counter); c.Type {
	case gjson.Null: // or missing: it is not known, yet or any more
	case gjson.Number:
		r.counter, r.hasCounter = c.Num, true
	default:
		return reading{}, sample.Refuse(sample.ReasonOutOfRange, "counter %s is of type %s, want a number", counter, c.Type)
	}
	return r, nil
}

// parseText sums each metric over its series.
func parseText(body []byte, field, counter string) (reading, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(body))
	if err != nil {
		return reading{}, sample.Refuse(sample.ReasonMalformed, "body is not Prometheus text: %w", err)
	}
	series := families[field].GetMetric()
	if len(series) == 0 {
		return reading{}, sample.Refuse(sample.ReasonNoValue, "no metric %s", field)
	}
	var r reading
	if r.value, err = sum(series); err != nil {
		return reading{}, sample.Refuse(sample.ReasonNoValue, "metric %s: %w", field, err)
	}
	if series = families[counter].GetMetric(); counter == "" || len(series) == 0 {
		return r, nil
	}
	if r.counter, err = sum(series); err != nil {
		return reading{}, sample.Refuse(sample.ReasonOutOfRange, "counter %s: %w", counter, err)
	}
	r.hasCounter = true
	return r, nil
}

func sum(series []*dto.Metric) (float64, error) {
	total := 0.0
	for _, m := range series {
		value, err := single(m)
		if err != nil {
			return 0, err
		}
		total += value
	}
	return total, nil
}

func single(m *dto.Metric) (float64, error) {
	switch {
	case m.Gauge != nil:
		return m.GetGauge().GetValue(), nil
	case m.Counter != nil:
		return m.GetCounter().GetValue(), nil
	case m.Untyped != nil:
		return m.GetUntyped().GetValue(), nil
	default:
		return 0, fmt.Errorf("a histogram or summary has no single value")
	}
}
