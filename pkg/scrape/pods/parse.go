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

// parse picks the value out of a body of the given Content-Type: JSON or Prometheus text. The value is finite and not
// negative; any other is an error, and so is a body that is not well-formed to its end.
func parse(contentType string, body []byte, field string) (float64, error) {
	value, err := parseAs(contentType, body, field)
	if err != nil {
		return 0, err
	}
	if math.IsNaN(value) || math.IsInf(value, 0) || value < 0 {
		return 0, refuse(sample.ReasonOutOfRange, "%s is %v, want a finite number of 0 or more", field, value)
	}
	return value, nil
}

func parseAs(contentType string, body []byte, field string) (float64, error) {
	if contentType == "application/json" { // by far the most frequent, so it is not taken apart
		return parseJSON(body, field)
	}
	media, _, err := mime.ParseMediaType(contentType)
	switch {
	case err == nil && media == "application/json":
		return parseJSON(body, field)
	case err == nil && media == "text/plain":
		return parseText(body, field)
	default:
		return 0, refuse(sample.ReasonMalformed, "content type %q, want application/json or text/plain", contentType)
	}
}

// parseJSON builds nothing of the body. The standard library judges its form, since it bounds the nesting of what a
// pod may send.
func parseJSON(body []byte, field string) (float64, error) {
	if !json.Valid(body) {
		return 0, refuse(sample.ReasonMalformed, "body is not JSON")
	}
	value := gjson.GetBytes(body, field)
	switch {
	case !value.Exists():
		return 0, refuse(sample.ReasonNoValue, "no field %s", field)
	case value.Type != gjson.Number:
		return 0, refuse(sample.ReasonNoValue, "field %s is of type %s, want a number", field, value.Type)
	}
	return value.Num, nil
}

// parseText sums the metric over its series.
func parseText(body []byte, name string) (float64, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(body))
	if err != nil {
		return 0, refuse(sample.ReasonMalformed, "body is not Prometheus text: %w", err)
	}
	family, ok := families[name]
	if !ok || len(family.GetMetric()) == 0 {
		return 0, refuse(sample.ReasonNoValue, "no metric %s", name)
	}
	sum := 0.0
	for _, m := range family.GetMetric() {
		value, err := single(m)
		if err != nil {
			return 0, refuse(sample.ReasonNoValue, "metric %s: %w", name, err)
		}
		sum += value
	}
	return sum, nil
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
