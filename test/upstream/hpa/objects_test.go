package hpa_test

import (
	"testing"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	"pgregory.net/rapid"

	"userscale.dev/userscale/pkg/hpa"
)

func TestObjectAverageValueAgrees(t *testing.T) {
	checkObjects(t, false, func(rt *rapid.T, w world, target int64) (hpa.Proposal, error) {
		got, err := hpa.ObjectAverageValue(w.sync, target, w.object)
		want := ask(t, w, func(c *podautoscaler.ReplicaCalculator, tolerances podautoscaler.Tolerances) answer {
			replicas, usage, _, err := c.GetObjectPerPodMetricReplicas(w.sync.Running, target, "users", tolerances, namespace, service(), labels.Everything())
			return answer{replicas: replicas, usage: usage, invalid: err != nil}
		})
		if w.sync.Running == 0 {
			want.usage = got.Usage // upstream's is a division by 0, and only shown
		}
		compare(rt, got, err, want)
		return got, err
	})
}

func TestObjectValueAgrees(t *testing.T) {
	checkObjects(t, true, func(rt *rapid.T, w world, target int64) (hpa.Proposal, error) {
		got, err := hpa.ObjectValue(w.sync, target, w.object)
		compare(rt, got, err, ask(t, w, func(c *podautoscaler.ReplicaCalculator, tolerances podautoscaler.Tolerances) answer {
			replicas, usage, _, err := c.GetObjectMetricReplicas(w.sync.Replicas, target, "users", tolerances, namespace, service(), labels.Everything(), labels.Everything())
			return answer{replicas: replicas, usage: usage, invalid: err != nil}
		}))
		return got, err
	})
}

// checkObjects compares ours with upstream's for any value of an object, and wants every outcome to come up.
func checkObjects(t *testing.T, canBeInvalid bool, ours func(*rapid.T, world, int64) (hpa.Proposal, error)) {
	seen := reached{}
	check(t, 5000, func(rt *rapid.T) {
		target := drawTarget(rt)
		seen.add(ours(rt, drawObject(rt, target), target))
	})
	for outcome, wanted := range map[hpa.Outcome]bool{invalid: canBeInvalid, hpa.WithinTolerance: true, hpa.OutsideTolerance: true} {
		t.Logf("%-28s %6d", outcome, seen[outcome])
		if (seen[outcome] > 0) != wanted {
			t.Errorf("%d cases came to %s", seen[outcome], outcome)
		}
	}
}

// drawObject draws pods and an object's value: near as many targets as there are replicas, near one target, or any.
func drawObject(t *rapid.T, target int64) world {
	w := world{sync: drawSync(t)}
	w.sync.Running = rapid.OneOf(rapid.Just(w.sync.Replicas), rapid.Int32Range(0, 20)).Draw(t, "running")
	share := rapid.SampledFrom([]float64{1, float64(w.sync.Running), float64(w.sync.Replicas)}).Draw(t, "targets")
	ratio := rapid.OneOf(rapid.SampledFrom([]float64{1, 1 + w.sync.Tolerances.Up, 1 - w.sync.Tolerances.Down}), rapid.Float64Range(0, 3)).Draw(t, "ratio")
	w.object = max(int64(ratio*share*float64(target))+rapid.Int64Range(-2, 2).Draw(t, "slack"), 0)
	return w
}

func service() *autoscalingv2.CrossVersionObjectReference {
	return &autoscalingv2.CrossVersionObjectReference{Kind: "Service", Name: "web", APIVersion: "v1"}
}
