package hpa

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// AverageValue returns the proposal for a metric with a target averageValue, in thousandths: a Pods metric, for which resource is
// empty, or a Resource or ContainerResource metric. An error makes the metric invalid, see Recommend; the proposal then has its
// groups and nothing else. Source: replica_calculator.go, GetMetricReplicas and GetRawResourceReplicas; metrics/utilization.go,
// GetMetricUsageRatio.
func AverageValue(s Sync, resource corev1.ResourceName, targetMilli int64, readings map[string]Reading) (Proposal, error) {
	g, values := s.group(resource, readings)
	if targetMilli <= 0 {
		return Proposal{Groups: g}, fmt.Errorf("target averageValue %dm: must be above 0", targetMilli)
	}
	if err := g.ready(values); err != nil {
		return Proposal{Groups: g}, err
	}
	p, err := s.propose(g, values, average(targetMilli))
	p.Target = targetMilli
	return p, err
}

// average is a target in thousandths.
type average int64

func (a average) measure(values map[string]int64) (measurement, error) {
	var sum int64
	for _, v := range values {
		sum += v
	}
	mean := sum / int64(len(values))
	return measurement{ratio: float64(mean) / float64(a), usage: mean, mean: mean}, nil
}

func (a average) missing(string) int64 { return int64(a) }
