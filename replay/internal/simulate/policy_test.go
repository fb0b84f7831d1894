package simulate

import (
	"testing"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/replay/internal/policy"
)

func podsMetric(name, target string) autoscalingv2.MetricSpec {
	average := resource.MustParse(target)
	return autoscalingv2.MetricSpec{Type: autoscalingv2.PodsMetricSourceType, Pods: &autoscalingv2.PodsMetricSource{
		Metric: autoscalingv2.MetricIdentifier{Name: name},
		Target: autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: &average},
	}}
}

func policyOf(t *testing.T, hpa *autoscalingv2.HorizontalPodAutoscaler, configPath string) *policy.Policy {
	t.Helper()
	settings, err := config.Load(configPath, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.New(hpa, settings)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
