package promql

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/common/model"
)

// Answer is what a query gave.
type Answer struct {
	Points  []Point
	Partial bool // the server warned that there may be more: a store of a Thanos is away, say. What is there is true all the same
}

// Point is the newest value of one series.
type Point struct {
	Labels model.Metric
	Value  float64   // may be NaN or ±Inf
	Time   time.Time // when it was measured; of an instant vector, it may be when it was asked for
}

// newest returns each series' newest point: the last of a range, or an instant vector's only one. Histograms are no values.
func newest(answer model.Value) ([]Point, error) {
	var points []Point
	switch v := answer.(type) {
	case model.Matrix:
		for _, s := range v {
			if n := len(s.Values); n > 0 {
				last := s.Values[n-1]
				points = append(points, Point{s.Metric, float64(last.Value), last.Timestamp.Time()})
			}
		}
	case model.Vector:
		for _, s := range v {
			if s.Histogram == nil {
				points = append(points, Point{s.Metric, float64(s.Value), s.Timestamp.Time()})
			}
		}
	case nil: // {} is an answer to the client
		return nil, errors.New("the answer has no data")
	default:
		return nil, fmt.Errorf("the answer is a %v, want a matrix or a vector", answer.Type())
	}
	return points, nil
}
