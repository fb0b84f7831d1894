package hpa

import (
	"math"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
)

// Limit is what keeps the HPA from setting the replicas that its metrics recommend.
type Limit string

// All limits, with the reason that the HPA's condition ScalingLimited then gives.
const (
	Unlimited       Limit = ""                  // DesiredWithinRange
	MinReplicas     Limit = "min_replicas"      // TooFewReplicas
	MaxReplicas     Limit = "max_replicas"      // TooManyReplicas
	ScaleUpPolicy   Limit = "scale_up_policy"   // ScaleUpLimit
	ScaleDownPolicy Limit = "scale_down_policy" // ScaleDownLimit
	ScalingDisabled Limit = "scaling_disabled"  // none: the condition ScalingActive is false, since the target has 0 replicas
)

// Limits are the replicas that one pass of the controller may set, if nothing was added or removed within the policies' periods:
// what was, only the controller remembers, and it counts it off.
type Limits struct {
	Least, Most     int32
	LeastBy, MostBy Limit // what stops at Least and at Most

	// Unasked: the current count is outside the bounds, or 0. The controller sets Least, which is Most, and looks at no metric.
	Unasked bool

	// The stabilization windows in force: of the recommendations in its window the controller takes the lowest to scale up by and
	// the highest to scale down by. It alone remembers them.
	ScaleUpWindow, ScaleDownWindow time.Duration
}

// LimitsOf returns an HPA's limits at the scale target's current spec.replicas. Source: horizontal.go, reconcileAutoscaler,
// convertDesiredReplicasWithRules where the HPA has no behavior, else convertDesiredReplicasWithBehaviorRate.
func LimitsOf(h *autoscalingv2.HorizontalPodAutoscaler, current int32) Limits {
	least, most := int32(1), h.Spec.MaxReplicas
	if h.Spec.MinReplicas != nil {
		least = *h.Spec.MinReplicas
	}
	up, down := rulesOf(h.Spec.Behavior)
	l := Limits{Least: least, Most: most, LeastBy: MinReplicas, MostBy: MaxReplicas, ScaleUpWindow: up.window, ScaleDownWindow: down.window}
	switch {
	case current == 0 && !scalesFromZero(h, least):
		l.Least, l.Most, l.LeastBy, l.MostBy, l.Unasked = 0, 0, ScalingDisabled, ScalingDisabled, true
		return l
	case current > most:
		l.Least, l.LeastBy, l.Unasked = most, MaxReplicas, true
		return l
	case current > 0 && current < least:
		l.Most, l.MostBy, l.Unasked = least, MinReplicas, true
		return l
	}

	highest, lowest := up.highest(current), down.lowest(current)
	if h.Spec.Behavior == nil {
		highest, lowest = defaultHighest(current), math.MinInt32
	}
	if highest < l.Most {
		l.Most, l.MostBy = highest, ScaleUpPolicy
	}
	if lowest > l.Least {
		l.Least, l.LeastBy = lowest, ScaleDownPolicy
	}
	l.Most = max(l.Most, l.Least) // from 0 replicas minReplicas is reached at once, whatever the policies say
	return l
}

// Clamp returns what the controller sets for a recommendation, and what limits it. Unasked it is always Least and LeastBy.
func (l Limits) Clamp(recommended int32) (int32, Limit) {
	switch {
	case l.Unasked || recommended < l.Least:
		return l.Least, l.LeastBy
	case recommended > l.Most:
		return l.Most, l.MostBy
	}
	return recommended, Unlimited
}

// defaultHighest is what a scale-up may reach where an HPA has no behavior at all: double, at least 4 replicas in all. That is not
// what the defaults of an empty behavior allow, 4 more or double. Source: horizontal.go, calculateScaleUpLimit.
func defaultHighest(current int32) int32 {
	return int32(min(max(2*int64(current), 4), math.MaxInt32))
}

// scalesFromZero tells whether the controller looks at the metrics of a target with 0 replicas: it must have scaled to 0 itself,
// and have a metric that needs no pod or a minReplicas that was raised since. Source: horizontal.go,
// shouldComputeMetricsForZeroReplicas, with the feature gate HPAScaleToZero, on by default in 1.37.
func scalesFromZero(h *autoscalingv2.HorizontalPodAutoscaler, minReplicas int32) bool {
	itself, needsNoPod := false, false
	for _, c := range h.Status.Conditions {
		if c.Type == autoscalingv2.ScaledToZero {
			itself = c.Status == corev1.ConditionTrue
		}
	}
	for _, m := range h.Spec.Metrics {
		needsNoPod = needsNoPod || m.Type == autoscalingv2.ObjectMetricSourceType || m.Type == autoscalingv2.ExternalMetricSourceType
	}
	return itself && (needsNoPod || minReplicas != 0)
}
