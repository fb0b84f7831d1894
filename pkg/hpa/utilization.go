package hpa

import (
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// Utilization returns the proposal for a Resource metric with a target averageUtilization, in percent of the pods' requests, or,
// with the name of a container, for a ContainerResource metric. An error makes the metric invalid, see Recommend; the proposal then
// has its groups and nothing else. Source: replica_calculator.go, GetResourceReplicas; metrics/utilization.go,
// GetResourceUtilizationRatio.
func Utilization(s Sync, resource corev1.ResourceName, container string, targetPercent int32, readings map[string]Reading) (Proposal, error) {
	g, values := s.group(resource, readings)
	if targetPercent <= 0 {
		return Proposal{Groups: g}, fmt.Errorf("target averageUtilization %d: must be above 0", targetPercent)
	}
	if err := g.ready(values); err != nil {
		return Proposal{Groups: g}, err
	}
	requests, err := requestsOf(s.Pods, container, resource)
	if err != nil {
		return Proposal{Groups: g}, err
	}
	p, err := s.propose(g, values, utilization{percent: targetPercent, requests: requests})
	if err == nil {
		p.Target = int64(targetPercent)
	}
	return p, err
}

// utilization is a target in percent of what is requested, in thousandths by pod name.
type utilization struct {
	percent  int32
	requests map[string]int64
}

func (u utilization) measure(values map[string]int64) (measurement, error) {
	var used, requested, n int64
	for pod, v := range values {
		if r, ok := u.requests[pod]; ok { // an unlisted pod's request is not known
			used, requested, n = used+v, requested+r, n+1
		}
	}
	if requested == 0 {
		return measurement{}, errors.New("the pods with a reading request 0 in all")
	}
	percent := int32(used * 100 / requested)
	return measurement{ratio: float64(percent) / float64(u.percent), usage: int64(percent), mean: used / n}, nil
}

func (u utilization) missing(pod string) int64 {
	return u.requests[pod] * int64(max(100, u.percent)) / 100
}
