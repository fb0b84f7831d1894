package hpa

import (
	"math"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
)

// rules are one direction's rules, with the API's defaults filled in.
type rules struct {
	selects  autoscalingv2.ScalingPolicySelect
	policies []autoscalingv2.HPAScalingPolicy
	window   time.Duration
}

// rulesOf returns the rules of both directions. The window for scaling down has no default in the API; it is the
// kube-controller-manager's. Source: pkg/apis/autoscaling/v2/defaults.go; horizontal.go, maybeInitScaleDownStabilizationWindow.
func rulesOf(b *autoscalingv2.HorizontalPodAutoscalerBehavior) (up, down rules) {
	double := autoscalingv2.HPAScalingPolicy{Type: autoscalingv2.PercentScalingPolicy, Value: 100, PeriodSeconds: 15}
	four := autoscalingv2.HPAScalingPolicy{Type: autoscalingv2.PodsScalingPolicy, Value: 4, PeriodSeconds: 15}
	up = rules{selects: autoscalingv2.MaxChangePolicySelect, policies: []autoscalingv2.HPAScalingPolicy{four, double}}
	down = rules{
		selects:  autoscalingv2.MaxChangePolicySelect,
		policies: []autoscalingv2.HPAScalingPolicy{double}, // 100 % down: all
		window:   DefaultScaleDownStabilization,
	}
	if b != nil {
		up.override(b.ScaleUp)
		down.override(b.ScaleDown)
	}
	return up, down
}

func (r *rules) override(own *autoscalingv2.HPAScalingRules) {
	if own == nil {
		return
	}
	if own.SelectPolicy != nil {
		r.selects = *own.SelectPolicy
	}
	if len(own.Policies) > 0 {
		r.policies = own.Policies
	}
	if own.StabilizationWindowSeconds != nil {
		r.window = time.Duration(*own.StabilizationWindowSeconds) * time.Second
	}
}

// highest returns the most replicas that the policies of scaling up allow from current, which are never fewer.
// Source: horizontal.go, calculateScaleUpLimitWithScalingRules.
func (r rules) highest(current int32) int32 {
	return max(current, r.pick(current, func(p autoscalingv2.HPAScalingPolicy) float64 {
		if p.Type == autoscalingv2.PodsScalingPolicy {
			return float64(current) + float64(p.Value)
		}
		return math.Ceil(float64(current) * (1 + float64(p.Value)/100)) // in floating point: 100 pods and 10 % are 111
	}))
}

// lowest returns the fewest replicas that the policies of scaling down allow from current, which are never more.
// Source: horizontal.go, calculateScaleDownLimitWithBehaviors.
func (r rules) lowest(current int32) int32 {
	return min(current, r.pick(current, func(p autoscalingv2.HPAScalingPolicy) float64 {
		if p.Type == autoscalingv2.PodsScalingPolicy {
			return float64(current) - float64(p.Value)
		}
		return math.Trunc(float64(current) * (1 - float64(p.Value)/100))
	}))
}

// pick returns the replicas that the selected policy leads to: the one with the largest change, or with the smallest; or current if
// the direction is disabled.
func (r rules) pick(current int32, leadsTo func(autoscalingv2.HPAScalingPolicy) float64) int32 {
	if r.selects == autoscalingv2.DisabledPolicySelect {
		return current
	}
	picked := leadsTo(r.policies[0])
	for _, p := range r.policies[1:] {
		to := leadsTo(p)
		further := math.Abs(to-float64(current)) > math.Abs(picked-float64(current))
		if further == (r.selects != autoscalingv2.MinChangePolicySelect) {
			picked = to
		}
	}
	return int32(min(max(picked, math.MinInt32), math.MaxInt32))
}
