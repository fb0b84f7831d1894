package hpa

import (
	"testing"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"
)

func TestTolerancesOf(t *testing.T) {
	rules := func(tolerance string) *autoscalingv2.HPAScalingRules {
		q := resource.MustParse(tolerance)
		return &autoscalingv2.HPAScalingRules{Tolerance: &q}
	}
	tests := []struct {
		name     string
		behavior *autoscalingv2.HorizontalPodAutoscalerBehavior
		want     Tolerances
	}{
		{"no behavior", nil, Tolerances{Up: 0.1, Down: 0.1}},
		{"none set", &autoscalingv2.HorizontalPodAutoscalerBehavior{ScaleUp: &autoscalingv2.HPAScalingRules{}}, Tolerances{Up: 0.1, Down: 0.1}},
		{"down", &autoscalingv2.HorizontalPodAutoscalerBehavior{ScaleDown: rules("0.25")}, Tolerances{Up: 0.1, Down: 0.25}},
		{"both, and 0 is not unset", &autoscalingv2.HorizontalPodAutoscalerBehavior{ScaleUp: rules("0"), ScaleDown: rules("300m")}, Tolerances{Up: 0, Down: 0.3}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := autoscalingv2.HorizontalPodAutoscaler{Spec: autoscalingv2.HorizontalPodAutoscalerSpec{Behavior: test.behavior}}
			if got := TolerancesOf(&h); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
