package hpa

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

func TestUtilization(t *testing.T) {
	usual := Tolerances{Up: 0.1, Down: 0.1}
	tests := []struct {
		name     string
		current  int32
		percent  int32
		pods     []*corev1.Pod
		values   []int64
		replicas int32
		usage    int64
		mean     int64
		outcome  Outcome
	}{
		{"out", 2, 60, running(2), []int64{900, 900}, 3, 90, 900, OutsideTolerance},
		{"in", 4, 60, running(4), []int64{100, 200, 300, 0}, 1, 15, 150, OutsideTolerance},
		{"percents are floored, which hides the edge", 1, 60, running(1), []int64{669}, 1, 66, 669, WithinTolerance},
		{"by the sum of requests, not by the mean of percents", 2, 50, []*corev1.Pod{readyPod("p0", "3"), readyPod("p1", "1")}, []int64{3000, 0}, 3, 75, 1500, OutsideTolerance},
		{"a missing pod has its whole request on the way in", 4, 50, running(4), []int64{100, 100, 100}, 3, 10, 100, AdjustedOutsideTolerance},
		{"a missing pod turns a scale-in around", 4, 50, running(4), []int64{400, 400, 400}, 4, 40, 400, AdjustedWithinTolerance},
		{"a missing pod has the target if that is more", 2, 200, running(2), []int64{1000}, 2, 100, 1000, AdjustedOutsideTolerance},
		{"two missing pods turn a scale-in around", 4, 50, running(4), []int64{400, 400}, 4, 40, 400, AdjustedRatioReverses},
		{"a missing pod is 0 on the way out", 3, 50, running(3), []int64{1000, 1000}, 4, 100, 1000, AdjustedOutsideTolerance},
		{"a pod that starts is 0 on the way out", 2, 50, append(running(1), pod("new", corev1.PodPending)), []int64{1000}, 2, 100, 1000, AdjustedWithinTolerance},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, p := range test.pods {
				if len(p.Spec.Containers) == 0 {
					p.Spec.Containers = []corev1.Container{container("app", "1")}
				}
			}
			p, err := Utilization(sync(test.current, usual, test.pods), corev1.ResourceCPU, "", test.percent, readings(test.values...))
			if err != nil {
				t.Fatal(err)
			}
			got := Proposal{Replicas: p.Replicas, Usage: p.Usage, Mean: p.Mean, Target: p.Target, Outcome: p.Outcome}
			want := Proposal{Replicas: test.replicas, Usage: test.usage, Mean: test.mean, Target: int64(test.percent), Outcome: test.outcome}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestUtilizationErrors(t *testing.T) {
	ignored := pod("failed", corev1.PodFailed)
	ignored.Spec.Containers = []corev1.Container{container("app", "")}
	tests := []struct {
		name      string
		container string
		percent   int32
		pods      []*corev1.Pod
		values    []int64
		want      string
	}{
		{"no pod", "", 50, nil, nil, "no pod matches the selector"},
		{"no reading", "", 50, running(1), nil, "no reading counts: 1 pods have none, 0 are pending, 0 are ignored"},
		{"no request, though it is ignored", "", 50, append(running(1), ignored), []int64{1}, "pod failed, container app: requests no cpu, of which the target is a percentage"},
		{"no such container", "sidecar", 50, running(1), []int64{1}, "pod p0: has no container sidecar"},
		{"requests of 0", "", 50, []*corev1.Pod{readyPod("p0", "0")}, []int64{1}, "the pods with a reading request 0 in all"},
		{"target", "", 0, running(1), []int64{1}, "target averageUtilization 0: must be above 0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Utilization(sync(1, Tolerances{}, test.pods), corev1.ResourceCPU, test.container, test.percent, readings(test.values...))
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
