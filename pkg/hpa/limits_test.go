package hpa

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
)

func pods(n int32) autoscalingv2.HPAScalingPolicy {
	return autoscalingv2.HPAScalingPolicy{Type: autoscalingv2.PodsScalingPolicy, Value: n, PeriodSeconds: 15}
}

func percent(n int32) autoscalingv2.HPAScalingPolicy {
	return autoscalingv2.HPAScalingPolicy{Type: autoscalingv2.PercentScalingPolicy, Value: n, PeriodSeconds: 60}
}

func scaling(selects autoscalingv2.ScalingPolicySelect, policies ...autoscalingv2.HPAScalingPolicy) *autoscalingv2.HPAScalingRules {
	return &autoscalingv2.HPAScalingRules{SelectPolicy: &selects, Policies: policies}
}

func autoscaler(minimum, maximum int32, b *autoscalingv2.HorizontalPodAutoscalerBehavior) *autoscalingv2.HorizontalPodAutoscaler {
	return &autoscalingv2.HorizontalPodAutoscaler{Spec: autoscalingv2.HorizontalPodAutoscalerSpec{MinReplicas: &minimum, MaxReplicas: maximum, Behavior: b}}
}

const (
	most     = autoscalingv2.MaxChangePolicySelect
	least    = autoscalingv2.MinChangePolicySelect
	disabled = autoscalingv2.DisabledPolicySelect
)

func TestLimits(t *testing.T) {
	type behavior = autoscalingv2.HorizontalPodAutoscalerBehavior
	up := func(r *autoscalingv2.HPAScalingRules) *behavior { return &behavior{ScaleUp: r} }
	down := func(r *autoscalingv2.HPAScalingRules) *behavior { return &behavior{ScaleDown: r} }
	tests := []struct {
		name             string
		minimum, maximum int32
		behavior         *behavior
		current          int32
		least, most      int32
		leastBy, mostBy  Limit
		unasked          bool
	}{
		{"no behavior: at least 4 in all", 1, 20, nil, 1, 1, 4, MinReplicas, ScaleUpPolicy, false},
		{"no behavior: double", 2, 20, nil, 5, 2, 10, MinReplicas, ScaleUpPolicy, false},
		{"no behavior: maxReplicas below that", 2, 10, nil, 5, 2, 10, MinReplicas, MaxReplicas, false},
		{"empty behavior: 4 more", 1, 20, &behavior{}, 1, 1, 5, MinReplicas, ScaleUpPolicy, false},
		{"empty behavior: or double", 1, 20, up(&autoscalingv2.HPAScalingRules{}), 6, 1, 12, MinReplicas, ScaleUpPolicy, false},
		{"the larger of two changes", 1, 50, up(scaling(most, pods(2), percent(50))), 10, 1, 15, MinReplicas, ScaleUpPolicy, false},
		{"the smaller of two changes", 1, 50, up(scaling(least, pods(2), percent(50))), 10, 1, 12, MinReplicas, ScaleUpPolicy, false},
		{"no scaling up", 1, 50, up(scaling(disabled, pods(2))), 10, 1, 10, MinReplicas, ScaleUpPolicy, false},
		{"percent up is rounded up", 1, 50, up(scaling(most, percent(10))), 1, 1, 2, MinReplicas, ScaleUpPolicy, false},
		{"100 pods and 10 % are 111", 1, 500, up(scaling(most, percent(10))), 100, 1, 111, MinReplicas, ScaleUpPolicy, false},
		{"down by pods", 1, 50, down(scaling(most, pods(2))), 10, 8, 20, ScaleDownPolicy, ScaleUpPolicy, false},
		{"down by percent, at least one", 1, 50, down(scaling(most, percent(10))), 3, 2, 7, ScaleDownPolicy, ScaleUpPolicy, false},
		{"the larger of two changes down", 1, 50, down(scaling(most, pods(2), percent(50))), 10, 5, 20, ScaleDownPolicy, ScaleUpPolicy, false},
		{"the smaller of two changes down", 1, 50, down(scaling(least, pods(2), percent(50))), 10, 8, 20, ScaleDownPolicy, ScaleUpPolicy, false},
		{"minReplicas above what the policy allows", 7, 50, down(scaling(most, pods(5))), 10, 7, 20, MinReplicas, ScaleUpPolicy, false},
		{"both stop at minReplicas: it is named", 8, 50, down(scaling(most, pods(2))), 10, 8, 20, MinReplicas, ScaleUpPolicy, false},
		{"no scaling down", 1, 50, down(scaling(disabled)), 10, 10, 20, ScaleDownPolicy, ScaleUpPolicy, false},
		{"above maxReplicas", 1, 8, down(scaling(disabled)), 10, 8, 8, MaxReplicas, MaxReplicas, true},
		{"below minReplicas", 3, 8, up(scaling(disabled)), 1, 3, 3, MinReplicas, MinReplicas, true},
		{"0 switches scaling off", 3, 8, nil, 0, 0, 0, ScalingDisabled, ScalingDisabled, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := LimitsOf(autoscaler(test.minimum, test.maximum, test.behavior), test.current)
			want := Limits{test.least, test.most, test.leastBy, test.mostBy, test.unasked, 0, 5 * time.Minute}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestMinReplicasDefaultsToOne(t *testing.T) {
	h := autoscaler(1, 5, nil)
	h.Spec.MinReplicas = nil
	if l := LimitsOf(h, 2); l.Least != 1 {
		t.Errorf("got %d, want 1", l.Least)
	}
}

func TestWindows(t *testing.T) {
	up, down := int32(30), int32(0)
	b := &autoscalingv2.HorizontalPodAutoscalerBehavior{
		ScaleUp:   &autoscalingv2.HPAScalingRules{StabilizationWindowSeconds: &up},
		ScaleDown: &autoscalingv2.HPAScalingRules{StabilizationWindowSeconds: &down},
	}
	l := LimitsOf(autoscaler(1, 5, b), 2)
	if l.ScaleUpWindow != 30*time.Second || l.ScaleDownWindow != 0 {
		t.Errorf("got %v and %v, want 30s and 0", l.ScaleUpWindow, l.ScaleDownWindow)
	}
}

func TestFromZero(t *testing.T) {
	pull := autoscalingv2.MetricSpec{Type: autoscalingv2.ExternalMetricSourceType}
	tests := []struct {
		name        string
		minimum     int32
		itself      bool
		metrics     []autoscalingv2.MetricSpec
		least, most int32
		unasked     bool
	}{
		{"somebody else scaled to 0", 0, false, []autoscalingv2.MetricSpec{pull}, 0, 0, true},
		{"no metric without pods", 0, true, nil, 0, 0, true},
		{"a metric without pods", 0, true, []autoscalingv2.MetricSpec{pull}, 0, 4, false},
		{"minReplicas was raised", 6, true, nil, 6, 6, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := autoscaler(test.minimum, 10, nil)
			h.Spec.Metrics = test.metrics
			if test.itself {
				h.Status.Conditions = []autoscalingv2.HorizontalPodAutoscalerCondition{{Type: autoscalingv2.ScaledToZero, Status: corev1.ConditionTrue}}
			}
			if l := LimitsOf(h, 0); l.Least != test.least || l.Most != test.most || l.Unasked != test.unasked {
				t.Errorf("got %+v, want %d to %d, unasked %v", l, test.least, test.most, test.unasked)
			}
		})
	}
}

func TestClamp(t *testing.T) {
	l := Limits{Least: 3, Most: 6, LeastBy: ScaleDownPolicy, MostBy: MaxReplicas}
	tests := []struct {
		name        string
		limits      Limits
		recommended int32
		want        int32
		by          Limit
	}{
		{"below", l, 2, 3, ScaleDownPolicy},
		{"lower end", l, 3, 3, Unlimited},
		{"upper end", l, 6, 6, Unlimited},
		{"above", l, 7, 6, MaxReplicas},
		{"set to maxReplicas unasked", LimitsOf(autoscaler(1, 8, nil), 10), 5, 8, MaxReplicas},
		{"set to minReplicas unasked", LimitsOf(autoscaler(3, 8, nil), 1), 5, 3, MinReplicas},
		{"unasked, it is named even if it agrees", LimitsOf(autoscaler(1, 8, nil), 10), 8, 8, MaxReplicas},
		{"off", LimitsOf(autoscaler(1, 8, nil), 0), 5, 0, ScalingDisabled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, by := test.limits.Clamp(test.recommended); got != test.want || by != test.by {
				t.Errorf("got %d by %q, want %d by %q", got, by, test.want, test.by)
			}
		})
	}
}
