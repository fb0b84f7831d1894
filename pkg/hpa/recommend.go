package hpa

import (
	"errors"
	"fmt"
)

// Metric is what came of one of an HPA's metrics: a proposal, or an error, which makes the metric invalid.
type Metric struct {
	Replicas int32
	Err      error
}

// Recommendation is what an HPA's metrics come to together, before its limits.
type Recommendation struct {
	Replicas int32
	Metric   int // which one it comes from
}

// Recommend returns the largest proposal, of equal ones the first. An invalid metric might have proposed more, so there is an error
// instead if one is invalid and the others would scale in below specReplicas, or if none is valid.
// Source: horizontal.go, computeReplicasForMetrics.
func Recommend(specReplicas int32, metrics []Metric) (Recommendation, error) {
	var best Recommendation
	var firstInvalid error
	invalid := 0
	for i, m := range metrics {
		if m.Err != nil {
			if invalid++; invalid == 1 {
				firstInvalid = m.Err
			}
			continue
		}
		if m.Replicas > best.Replicas || best.Replicas == 0 { // among zeros the last, as upstream names it
			best = Recommendation{Replicas: m.Replicas, Metric: i}
		}
	}
	switch {
	case len(metrics) == 0:
		return Recommendation{}, errors.New("the HPA has no metric")
	case invalid == len(metrics):
		return Recommendation{}, fmt.Errorf("no decision: all %d metrics are invalid, the first: %w", invalid, firstInvalid)
	case invalid > 0 && best.Replicas < specReplicas:
		return Recommendation{}, fmt.Errorf("no decision: the valid metrics would scale in to %d, but %d of %d are invalid, the first: %w",
			best.Replicas, invalid, len(metrics), firstInvalid)
	}
	return best, nil
}
