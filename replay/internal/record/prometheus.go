package record

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/api"
	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

const (
	// chunk is how many points are asked for at once. Prometheus gives at most 11,000.
	chunk = 10_000
	// answerLimit bounds what is read of one answer, in bytes; a truncated one does not parse.
	answerLimit = 64 << 20
	// answerTime is how long a Prometheus may take for a chunk.
	answerTime = 2 * time.Minute
)

// Prometheus is a query whose past a Prometheus knows.
type Prometheus struct {
	URL       string
	Transport http.RoundTripper
	Query     string // must give one series or a scalar, such as sum(active_users)
}

// Range records the query's values from a time on. When ctx ends there is what came until then, without an error.
func (p Prometheus) Range(ctx context.Context, c Config, from time.Time) (Result, error) {
	client, err := api.NewClient(api.Config{Address: p.URL, RoundTripper: bounded{p.Transport}})
	if err != nil {
		return Result{}, fmt.Errorf("prometheus at %s: %w", p.URL, err)
	}
	r := newRecording(c)
	for first := 0; first < c.steps(); first += chunk {
		last := min(first+chunk, c.steps()) - 1
		span := promv1.Range{Start: from.Add(time.Duration(first) * c.Step), End: from.Add(time.Duration(last) * c.Step), Step: c.Step}
		if err := p.add(ctx, promv1.NewAPI(client), span, r); err != nil {
			if ctx.Err() != nil {
				return r.done(), nil //nolint:nilerr // an end that was asked for is no error
			}
			return r.done(), fmt.Errorf("query %s at %s: %w", p.Query, p.URL, err)
		}
	}
	return r.done(), nil
}

// add asks for one chunk and adds it, step by step.
func (p Prometheus) add(ctx context.Context, api promv1.API, span promv1.Range, r *recording) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	answer, warnings, _, err := api.QueryRange(ctx, p.Query, span)
	if err != nil {
		return err
	}
	if len(warnings) > 0 {
		return fmt.Errorf("the answer may be partial: %s", strings.Join(warnings, "; "))
	}
	points, err := only(answer)
	if err != nil {
		return err
	}
	for at := span.Start; !at.After(span.End); at = at.Add(span.Step) {
		var err error
		if len(points) > 0 && points[0].Timestamp.Time().Equal(at) {
			err = addPoint(r, points[0])
			points = points[1:]
		} else {
			err = r.miss(fmt.Errorf("there is none at %s", at.UTC().Format(time.RFC3339)))
		}
		if err != nil {
			return err
		}
	}
	if len(points) > 0 {
		return fmt.Errorf("a value at %s, between two steps", points[0].Timestamp.Time().UTC().Format(time.RFC3339Nano))
	}
	return nil
}

// addPoint adds a value. A NaN is what PromQL makes of nothing (0/0), so it is missing; what is out of range is a wrong query.
func addPoint(r *recording, p model.SamplePair) error {
	at := p.Timestamp.Time().UTC().Format(time.RFC3339)
	if math.IsNaN(float64(p.Value)) {
		return r.miss(fmt.Errorf("it is NaN at %s", at))
	}
	if err := r.add(float64(p.Value)); err != nil {
		return fmt.Errorf("at %s: %w", at, err)
	}
	return nil
}

// only returns the points of the one series of an answer; one without series has none.
func only(answer model.Value) ([]model.SamplePair, error) {
	matrix, ok := answer.(model.Matrix)
	switch {
	case !ok:
		return nil, fmt.Errorf("the answer is a %s: allowed: a matrix", answer.Type())
	case len(matrix) > 1:
		return nil, fmt.Errorf("%d series, %s and %s among them: allowed: one; sum(…) makes one of many", len(matrix), matrix[0].Metric, matrix[1].Metric)
	case len(matrix) == 0:
		return nil, nil
	case len(matrix[0].Histograms) > 0:
		return nil, errors.New("a series of histograms: allowed: numbers")
	}
	return matrix[0].Values, nil
}

// bounded cuts answers off at answerLimit.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		response.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(response.Body, answerLimit), response.Body}
	}
	return response, err
}
