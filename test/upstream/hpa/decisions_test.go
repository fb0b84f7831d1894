package hpa_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apiv2 "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	"pgregory.net/rapid"

	"userscale.dev/userscale/pkg/hpa"
)

// targetMilli is every metric's target in these tests. With one pod, n targets propose n replicas.
const targetMilli = 1000

// TestDecisionsAgree compares Recommend, LimitsOf and TolerancesOf with one pass of the controller as a whole.
func TestDecisionsAgree(t *testing.T) {
	seen := map[hpa.Limit]int{}
	const undecided hpa.Limit = "undecided"
	check(t, 600, func(rt *rapid.T) {
		h := drawAutoscaler(rt)
		current := drawCurrent(rt, h)
		served := drawPass(rt, h, current)
		want := decide(t, stored(h), current, served)

		limits := hpa.LimitsOf(h, current)
		recommended, err := hpa.Recommend(current, proposals(h, current, served))
		switch {
		case limits.Unasked:
			replicas, limit := limits.Clamp(current)
			seen[limit]++
			off := want.activeReason == "ScalingDisabled"
			if replicas != want.replicas || want.limitReason != "" || off != (limit == hpa.ScalingDisabled) {
				rt.Fatalf("unasked %d by %q, upstream %+v", replicas, limit, want)
			}
		case err != nil:
			seen[undecided]++
			if want.replicas != current || want.active != string(corev1.ConditionFalse) || want.limitReason != "" {
				rt.Fatalf("%v, upstream %+v", err, want)
			}
		default:
			replicas, limit := limits.Clamp(recommended.Replicas)
			seen[limit]++
			if replicas != want.replicas || current > 0 && want.limitReason != reasons()[limit] {
				rt.Fatalf("recommended %d, then %d by %q, upstream %+v", recommended.Replicas, replicas, limit, want)
			}
			if name := metricName(recommended.Metric); !strings.Contains(want.activeText, name) {
				rt.Fatalf("by metric %s, upstream says %q", name, want.activeText)
			}
		}
	})
	for _, l := range []hpa.Limit{undecided, hpa.Unlimited, hpa.MinReplicas, hpa.MaxReplicas, hpa.ScaleUpPolicy, hpa.ScaleDownPolicy, hpa.ScalingDisabled} {
		t.Logf("%-18q %5d", l, seen[l])
		if seen[l] == 0 {
			t.Errorf("no case came to %q", l)
		}
	}
}

func TestWindowsAgree(t *testing.T) {
	check(t, 5000, func(rt *rapid.T) {
		h := drawAutoscaler(rt)
		if h.Spec.Behavior == nil {
			return
		}
		got := hpa.LimitsOf(h, 1)
		defaulted := h.DeepCopy()
		apiv2.SetDefaults_HorizontalPodAutoscaler(defaulted)
		up, down := defaulted.Spec.Behavior.ScaleUp.StabilizationWindowSeconds, defaulted.Spec.Behavior.ScaleDown.StabilizationWindowSeconds
		wantDown := hpa.DefaultScaleDownStabilization // the controller's, where the API leaves it open
		if down != nil {
			wantDown = time.Duration(*down) * time.Second
		}
		if wantUp := time.Duration(*up) * time.Second; got.ScaleUpWindow != wantUp || got.ScaleDownWindow != wantDown {
			rt.Fatalf("got %v and %v, want %v and %v", got.ScaleUpWindow, got.ScaleDownWindow, wantUp, wantDown)
		}
	})
}

// reasons are those of the condition ScalingLimited.
func reasons() map[hpa.Limit]string {
	return map[hpa.Limit]string{
		hpa.Unlimited: "DesiredWithinRange", hpa.MinReplicas: "TooFewReplicas", hpa.MaxReplicas: "TooManyReplicas",
		hpa.ScaleUpPolicy: "ScaleUpLimit", hpa.ScaleDownPolicy: "ScaleDownLimit",
	}
}

// stored is h as the API server stores it, with windows that make the controller forgetful.
func stored(h *autoscalingv2.HorizontalPodAutoscaler) *autoscalingv2.HorizontalPodAutoscaler {
	h = h.DeepCopy()
	apiv2.SetDefaults_HorizontalPodAutoscaler(h)
	if b := h.Spec.Behavior; b != nil {
		window := int32(forgetful / time.Second)
		b.ScaleUp.StabilizationWindowSeconds, b.ScaleDown.StabilizationWindowSeconds = &window, &window
	}
	return h
}

func metricName(i int) string { return fmt.Sprintf("metric%d", i) }

// proposals are ours for one pass. From 0 replicas an external metric proposes without looking at the tolerances.
func proposals(h *autoscalingv2.HorizontalPodAutoscaler, current int32, served pass) []hpa.Metric {
	s := hpa.Sync{Now: bubbleNow, Replicas: current, Pods: []*corev1.Pod{readyPod()}, Tolerances: hpa.TolerancesOf(h)}
	all := make([]hpa.Metric, len(h.Spec.Metrics))
	for i, m := range h.Spec.Metrics {
		readings := map[string]hpa.Reading{}
		if v, ok := served[metricName(i)]; ok {
			readings["web-0"] = hpa.Reading{Milli: v}
		}
		p, err := hpa.AverageValue(s, "", targetMilli, readings)
		if current == 0 && m.Type == autoscalingv2.ExternalMetricSourceType {
			p.Replicas = int32((served[metricName(i)] + targetMilli - 1) / targetMilli)
		}
		all[i] = hpa.Metric{Replicas: p.Replicas, Err: err}
	}
	return all
}

// drawCurrent draws a current count, mostly one within the bounds: outside them the metrics do not matter.
func drawCurrent(t *rapid.T, h *autoscalingv2.HorizontalPodAutoscaler) int32 {
	if percent(t, 20, "current outside") {
		return rapid.SampledFrom([]int32{0, 0, 1, h.Spec.MaxReplicas + 1}).Draw(t, "current")
	}
	least := int32(1)
	if h.Spec.MinReplicas != nil {
		least = max(*h.Spec.MinReplicas, 1)
	}
	return least + int32(float64(h.Spec.MaxReplicas-least)*rapid.SampledFrom([]float64{0.5, 0.3, 1, 0.7, 0.1, 0}).Draw(t, "current between the bounds"))
}

// drawPass draws each metric's value: near the current count and the bounds, anything, or little; or none.
func drawPass(t *rapid.T, h *autoscalingv2.HorizontalPodAutoscaler, current int32) pass {
	served := pass{}
	quiet := rapid.Bool().Draw(t, "quiet") // all say in, without which nothing goes in
	for i := range h.Spec.Metrics {
		if percent(t, 15, "unavailable") {
			continue
		}
		near := rapid.SampledFrom([]int32{current, 1, 1, h.Spec.MaxReplicas, 2 * current, current / 2}).Draw(t, "near")
		n := rapid.OneOf(rapid.Int32Range(near-2, near+2), rapid.Int32Range(0, 250)).Draw(t, "targets")
		if quiet {
			n = rapid.Int32Range(0, current/2).Draw(t, "quiet targets")
		}
		served[metricName(i)] = max(int64(n)*targetMilli, 0) + rapid.SampledFrom([]int64{0, 0, 1, 50}).Draw(t, "more")
	}
	return served
}

func drawAutoscaler(t *rapid.T) *autoscalingv2.HorizontalPodAutoscaler {
	h := &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: namespace}}
	h.Spec.ScaleTargetRef = autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "web"}
	minimum := rapid.Int32Range(0, 6).Draw(t, "min")
	h.Spec.MinReplicas = &minimum
	if percent(t, 20, "min unset") {
		h.Spec.MinReplicas = nil
	}
	h.Spec.MaxReplicas = max(minimum, 1) + rapid.SampledFrom([]int32{20, 5, 60, 150, 1, 0}).Draw(t, "max above")
	for i := range rapid.SampledFrom([]int{2, 1, 3}).Draw(t, "metrics") {
		identifier, target := autoscalingv2.MetricIdentifier{Name: metricName(i)}, resource.NewMilliQuantity(targetMilli, resource.DecimalSI)
		m := autoscalingv2.MetricSpec{Type: autoscalingv2.PodsMetricSourceType, Pods: &autoscalingv2.PodsMetricSource{
			Metric: identifier, Target: autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: target}}}
		if percent(t, 25, "external") {
			m = autoscalingv2.MetricSpec{Type: autoscalingv2.ExternalMetricSourceType, External: &autoscalingv2.ExternalMetricSource{
				Metric: identifier, Target: autoscalingv2.MetricTarget{Type: autoscalingv2.ValueMetricType, Value: target}}}
		}
		h.Spec.Metrics = append(h.Spec.Metrics, m)
	}
	if percent(t, 75, "behavior") {
		h.Spec.Behavior = &autoscalingv2.HorizontalPodAutoscalerBehavior{ScaleUp: drawRules(t), ScaleDown: drawRules(t)}
	}
	if status := rapid.SampledFrom([]corev1.ConditionStatus{"", corev1.ConditionTrue, corev1.ConditionFalse}).Draw(t, "scaled to 0"); status != "" {
		h.Status.Conditions = []autoscalingv2.HorizontalPodAutoscalerCondition{{Type: autoscalingv2.ScaledToZero, Status: status}}
	}
	return h
}

func drawRules(t *rapid.T) *autoscalingv2.HPAScalingRules {
	if percent(t, 20, "no rules") {
		return nil
	}
	r := &autoscalingv2.HPAScalingRules{}
	if rapid.Bool().Draw(t, "select") {
		s := rapid.SampledFrom([]autoscalingv2.ScalingPolicySelect{autoscalingv2.MaxChangePolicySelect, autoscalingv2.MinChangePolicySelect,
			autoscalingv2.DisabledPolicySelect}).Draw(t, "select policy")
		r.SelectPolicy = &s
	}
	for range rapid.SampledFrom([]int{1, 2, 3, 0}).Draw(t, "policies") {
		kind := rapid.SampledFrom([]autoscalingv2.HPAScalingPolicyType{autoscalingv2.PodsScalingPolicy, autoscalingv2.PercentScalingPolicy}).Draw(t, "type")
		value := rapid.OneOf(rapid.Int32Range(1, 5), rapid.SampledFrom([]int32{10, 25, 50, 90, 100}), rapid.Int32Range(1, 200)).Draw(t, "value")
		r.Policies = append(r.Policies, autoscalingv2.HPAScalingPolicy{Type: kind, Value: value, PeriodSeconds: 15})
	}
	if rapid.Bool().Draw(t, "window") {
		seconds := rapid.Int32Range(0, 600).Draw(t, "window seconds")
		r.StabilizationWindowSeconds = &seconds
	}
	if rapid.Bool().Draw(t, "tolerance") {
		r.Tolerance = resource.NewMilliQuantity(rapid.SampledFrom([]int64{0, 50, 300}).Draw(t, "tolerance milli"), resource.DecimalSI)
	}
	return r
}
