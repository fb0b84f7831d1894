// Package exposition picks values out of what Prometheus would scrape: its text format, OpenMetrics and its protobuf. A body is read to
// its end, for one that is not well-formed has no value at all, but only what is selected of it is built.
package exposition

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"userscale.dev/userscale/pkg/sample"
)

// Series is one series of a body.
type Series struct {
	Labels labels.Labels // its name, as __name__, among them
	Value  float64       // as it stands there: NaN, an infinity, or a number of any sign
	Time   time.Time     // when it was measured; zero where the body does not say, and so now
}

// List returns the series of the named metrics, in the order of the body. Its errors are refusals with a reason.
func List(contentType string, body []byte, metrics ...string) ([]Series, error) {
	selectors := make([]Selector, len(metrics))
	for i, m := range metrics {
		selectors[i] = Named(m)
	}
	var list []Series
	err := scan(contentType, body, selectors, func(_ int, s entry) {
		if !s.parts {
			list = append(list, s.Series)
		}
	})
	return list, err
}

// entry is a series that a selector matches, or, with parts, a metric of its name that has no single value: a histogram or a summary.
type entry struct {
	Series
	parts bool
}

// visit takes in an entry that the selector of that index matches.
type visit func(selector int, e entry)

// scanner reads a body to its end, and ends with an error, io.EOF after one that is well-formed.
type scanner func(body []byte, selectors []Selector, found visit) error

var scanners = map[string]scanner{
	"text/plain":                      scanText,
	"application/openmetrics-text":    scanOpenMetrics,
	"application/vnd.google.protobuf": scanProtobuf,
}

// Reads says whether a media type, in lower case and without parameters, is one of the formats.
func Reads(media string) bool { return scanners[media] != nil }

// scan reads the body to its end. The Content-Type decides the format.
func scan(contentType string, body []byte, selectors []Selector, found visit) error {
	media, parameters, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	read := scanners[media]
	if read == nil {
		return sample.Refuse(sample.ReasonMalformed, "content type %.100q, want a format of Prometheus", contentType)
	}
	if media == "application/vnd.google.protobuf" && !strings.Contains(parameters, "delimited") { // the other encodings are for people
		return sample.Refuse(sample.ReasonMalformed, "content type %.100q, want delimited messages", contentType)
	}
	if err := read(body, selectors, found); err != nil && !errors.Is(err, io.EOF) {
		return sample.Refuse(sample.ReasonMalformed, "body is not %s: %.300s", media, err) // which may quote all of the body
	}
	return nil
}

// check: the parsers let a series have a label twice.
func check(series labels.Labels) error {
	if name, twice := series.HasDuplicateLabelNames(); twice {
		return fmt.Errorf("%.200s has the label %s twice", series.String(), name)
	}
	return nil
}
