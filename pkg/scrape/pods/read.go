package pods

import (
	"strings"
	"time"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/exposition"
)

// reader knows where the value and its counter stand in each format. What is not configured is nil.
type reader struct {
	field, counter        *path                // in JSON
	series, counterSeries *exposition.Selector // in a format of Prometheus
}

func newReader(c Config) (r reader, err error) {
	if r.field, err = optional(c.Field, parsePath); err != nil {
		return reader{}, err
	}
	if r.counter, err = optional(c.Counter, parsePath); err != nil {
		return reader{}, err
	}
	if r.series, err = optional(c.Series, exposition.Parse); err != nil {
		return reader{}, err
	}
	r.counterSeries, err = optional(c.CounterSeries, exposition.Parse)
	return r, err
}

func optional[T any](text string, parse func(string) (T, error)) (*T, error) {
	if text == "" {
		return nil, nil
	}
	parsed, err := parse(text)
	return &parsed, err
}

// accept asks for what can be read, the cheapest to read first: a JSON body is small, and protobuf takes a fourth of the time that text
// does. The names in both are those that people see in text, while OpenMetrics appends to a counter's.
func (r *reader) accept() string {
	const (
		asJSON       = "application/json"
		asPrometheus = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7," +
			"text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5," +
			"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.4,application/openmetrics-text;version=0.0.1;q=0.3"
	)
	switch {
	case r.series == nil:
		return asJSON
	case r.field == nil:
		return asPrometheus
	default:
		return asJSON + "," + asPrometheus
	}
}

// reading is what one body says.
type reading struct {
	value      float64
	counter    float64   // the value's integral over time; meaningless unless hasCounter
	time       time.Time // when they were measured; zero where the body does not say, and so now
	hasCounter bool
}

// read picks the value, and the counter if there is one, out of a body, whose Content-Type decides the format. Both are finite and not
// negative; any other is an error, and so is a body that is not well-formed to its end. The value has to be there also where the
// counter is, so that it does not turn out to be missing when it has to stand in.
func (r *reader) read(contentType string, body []byte) (reading, error) {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	switch {
	case media == "application/json" || strings.HasSuffix(media, "+json"):
		return r.readJSON(body)
	case exposition.Reads(media):
		return r.readSeries(contentType, body)
	default:
		return reading{}, sample.Refuse(sample.ReasonMalformed, "content type %.100q, want JSON or a format of Prometheus", contentType)
	}
}

func (r *reader) readJSON(body []byte) (got reading, err error) {
	if r.field == nil {
		return reading{}, sample.Refuse(sample.ReasonNoValue, "body is JSON, for which no field is configured")
	}
	if err := checkJSON(body); err != nil {
		return reading{}, err
	}
	var there bool
	if got.value, there, err = r.field.sum(body); err != nil {
		return reading{}, err
	}
	if !there {
		return reading{}, sample.Refuse(sample.ReasonNoValue, "no field %s", r.field.text)
	}
	if r.counter != nil {
		got.counter, got.hasCounter, err = r.counter.sum(body)
	}
	return got, err
}

func (r *reader) readSeries(contentType string, body []byte) (reading, error) {
	if r.series == nil {
		return reading{}, sample.Refuse(sample.ReasonNoValue, "body is in a format of Prometheus, for which no series is configured")
	}
	selectors := [2]exposition.Selector{*r.series}
	n := 1
	if r.counterSeries != nil {
		selectors[1], n = *r.counterSeries, 2
	}
	sums, err := exposition.Sums(contentType, body, selectors[:n]...)
	if err != nil {
		return reading{}, err
	}
	for i := range sums {
		if sums[i].Err != nil {
			return reading{}, sums[i].Err
		}
	}
	if sums[0].Series == 0 {
		return reading{}, sample.Refuse(sample.ReasonNoValue, "no series %v", *r.series)
	}
	got := reading{value: sums[0].Value, time: sums[0].Time}
	if n == 2 && sums[1].Series > 0 {
		got.counter, got.hasCounter = sums[1].Value, true
		if !sums[1].Time.IsZero() && (got.time.IsZero() || sums[1].Time.Before(got.time)) {
			got.time = sums[1].Time
		}
	}
	return got, nil
}
