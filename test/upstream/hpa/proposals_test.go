package hpa_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	"pgregory.net/rapid"

	"userscale.dev/userscale/pkg/hpa"
)

func TestPodsMetricAgrees(t *testing.T) {
	seen := reached{}
	check(t, 5000, func(rt *rapid.T) {
		target := drawTarget(rt)
		w := drawWorld(rt, func(*corev1.Pod) int64 { return target })
		got, err := hpa.AverageValue(w.sync, "", target, w.readings)
		seen.add(got, err)
		compare(rt, got, err, ask(t, w, func(c *podautoscaler.ReplicaCalculator, tolerances podautoscaler.Tolerances) answer {
			replicas, usage, _, err := c.GetMetricReplicas(w.sync.Replicas, target, "users", tolerances, namespace, labels.Everything(), labels.Everything())
			return answer{replicas, usage, usage, err != nil}
		}))
	})
	seen.check(t)
}

func TestResourceAverageAgrees(t *testing.T) {
	seen := reached{}
	check(t, 5000, func(rt *rapid.T) {
		resource, target := drawResource(rt), drawTarget(rt)
		w := drawWorld(rt, func(*corev1.Pod) int64 { return target })
		got, err := hpa.AverageValue(w.sync, resource, target, w.readings)
		seen.add(got, err)
		compare(rt, got, err, ask(t, w, func(c *podautoscaler.ReplicaCalculator, tolerances podautoscaler.Tolerances) answer {
			replicas, usage, _, err := c.GetRawResourceReplicas(t.Context(), w.sync.Replicas, target, resource, tolerances, namespace, labels.Everything(), "")
			return answer{replicas, usage, usage, err != nil}
		}))
	})
	seen.check(t)
}

func TestUtilizationAgrees(t *testing.T) {
	seen := reached{}
	check(t, 5000, func(rt *rapid.T) {
		resource, container := drawResource(rt), rapid.SampledFrom([]string{"", "", "", "app", "sidecar"}).Draw(rt, "container")
		percent := rapid.OneOf(rapid.SampledFrom([]int32{50, 60, 80, 100, 150}), rapid.Int32Range(1, 250)).Draw(rt, "percent")
		w := drawWorld(rt, func(p *corev1.Pod) int64 { return firstRequest(p, resource) * int64(percent) / 100 })
		got, err := hpa.Utilization(w.sync, resource, container, percent, w.readings)
		seen.add(got, err)
		compare(rt, got, err, ask(t, w, func(c *podautoscaler.ReplicaCalculator, tolerances podautoscaler.Tolerances) answer {
			replicas, usage, mean, _, err := c.GetResourceReplicas(t.Context(), w.sync.Replicas, percent, resource, tolerances, namespace, labels.Everything(), container)
			return answer{replicas, int64(usage), mean, err != nil}
		}))
	})
	seen.check(t)
}

func compare(t *rapid.T, got hpa.Proposal, err error, want answer) {
	switch {
	case (err != nil) != want.invalid:
		t.Fatalf("error %v, upstream invalid: %v", err, want.invalid)
	case err == nil && (answer{got.Replicas, got.Usage, got.Mean, false}) != want:
		t.Fatalf("got %+v, upstream %+v", got, want)
	}
}
