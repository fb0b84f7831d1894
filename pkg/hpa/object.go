package hpa

import (
	"errors"
	"fmt"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// ObjectAverageValue returns the proposal for an Object metric with a target averageValue, both in thousandths: as many replicas as
// the value makes targets. The scale target's status.replicas share the value, whatever their pods do; where there are none yet, so
// that upstream divides by 0, usage and ratio are as if there were one. An error makes the metric invalid, see Recommend.
// Source: replica_calculator.go, GetObjectPerPodMetricReplicas.
func ObjectAverageValue(s Sync, targetMilli, milli int64) (Proposal, error) {
	if targetMilli <= 0 {
		return Proposal{}, fmt.Errorf("target averageValue %dm: must be above 0", targetMilli)
	}
	sharers := float64(max(s.Running, 1))
	p := object(targetMilli, float64(milli)/(float64(targetMilli)*sharers))
	p.Replicas, p.Usage, p.PodCount = s.Running, int64(math.Ceil(float64(milli)/sharers)), int(s.Running)
	if s.Running == 0 || !s.Tolerances.hold(p.Ratio) {
		p.Outcome, p.Replicas = OutsideTolerance, replicas(float64(milli)/float64(targetMilli), 1)
	}
	return p, nil
}

// ObjectValue returns the proposal for an Object metric with a target value, both in thousandths: the pods that are ready, times
// the ratio. Pods that should be ready and are not speak for scaling in. An error makes the metric invalid, see Recommend.
// Source: replica_calculator.go, GetObjectMetricReplicas and getUsageRatioReplicaCount.
func ObjectValue(s Sync, targetMilli, milli int64) (Proposal, error) {
	if targetMilli <= 0 {
		return Proposal{}, fmt.Errorf("target value %dm: must be above 0", targetMilli)
	}
	p := object(targetMilli, float64(milli)/float64(targetMilli))
	p.Replicas, p.Usage, p.PodCount = s.Replicas, milli, s.ready()
	switch {
	case s.Replicas == 0: // the value alone, since there is no pod to go by
		p.Outcome, p.Replicas = OutsideTolerance, replicas(p.Ratio, 1)
	case s.Tolerances.hold(p.Ratio):
	case len(s.Pods) == 0:
		return Proposal{}, errors.New("no pod matches the selector")
	default:
		p.Outcome, p.Replicas = OutsideTolerance, replicas(p.Ratio, p.PodCount)
	}
	return p, nil
}

// object is a proposal in which no pod has a part of its own.
func object(targetMilli int64, ratio float64) Proposal {
	return Proposal{Target: targetMilli, Ratio: ratio, AdjustedRatio: ratio, Outcome: WithinTolerance}
}

// ready counts the pods that run and are ready. Source: replica_calculator.go, getReadyPodsCount.
func (s Sync) ready() int {
	n := 0
	for _, pod := range s.Pods {
		if pod.Status.Phase == corev1.PodRunning && slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
			return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
		}) {
			n++
		}
	}
	return n
}
