package simulate

import (
	"strings"
	"testing"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/timeline"
)

// shipped is a replay of the shipped policy with a pod start of 20 s.
func shipped(t *testing.T, users []float64) Config {
	t.Helper()
	p, err := policy.Load("../../../manifests/base/workload/hpa.yaml", "../../../manifests/base/adapter/adapter.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := Defaults()
	c.Policy, c.Users = p, users
	c.Pods.Start = 20 * time.Second
	return c
}

// raw is the policy with a total that follows at once.
func raw(t *testing.T, p *policy.Policy) *policy.Policy {
	t.Helper()
	return configured(t, p.HPA, `
- name: active_users_per_pod
  rawName: active_users_raw
  totalName: active_users_total_smoothed
  smoothing: {alpha: 1}
  pods: {field: active_users}
`)
}

func configured(t *testing.T, hpa *autoscalingv2.HorizontalPodAutoscaler, metrics string) *policy.Policy {
	t.Helper()
	text := "apiVersion: " + config.APIVersion + "\nkind: " + config.Kind + "\nmetrics:" + metrics
	settings, err := config.Read(strings.NewReader(text), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.New(hpa, settings)
	if err != nil {
		t.Fatal(err)
	}
	return p
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

func podsMetric(name, target string) autoscalingv2.MetricSpec {
	average := quantity(target)
	return autoscalingv2.MetricSpec{Type: autoscalingv2.PodsMetricSourceType, Pods: &autoscalingv2.PodsMetricSource{
		Metric: autoscalingv2.MetricIdentifier{Name: name},
		Target: autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: &average},
	}}
}

// objectMetric wants 10 users per pod, or 20 in all.
func objectMetric(hpa *autoscalingv2.HorizontalPodAutoscaler, byPod bool) autoscalingv2.MetricSpec {
	ten, twenty := quantity("10"), quantity("20")
	target := autoscalingv2.MetricTarget{Type: autoscalingv2.ValueMetricType, Value: &twenty}
	if byPod {
		target = autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: &ten}
	}
	return autoscalingv2.MetricSpec{Type: autoscalingv2.ObjectMetricSourceType, Object: &autoscalingv2.ObjectMetricSource{
		DescribedObject: hpa.Spec.ScaleTargetRef,
		Metric:          autoscalingv2.MetricIdentifier{Name: "active_users_total_smoothed"},
		Target:          target,
	}}
}

func quantity(text string) resource.Quantity { return resource.MustParse(text) }

// hold is so many users for so many seconds.
func hold(users float64, seconds int) []float64 {
	all := make([]float64, seconds)
	for i := range all {
		all[i] = users
	}
	return all
}

func then(parts ...[]float64) (all []float64) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func simulate(t *testing.T, c Config) *timeline.Timeline {
	t.Helper()
	out, err := Run(t.Context(), t, c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
