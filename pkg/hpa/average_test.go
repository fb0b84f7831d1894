package hpa

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestAverageValue(t *testing.T) {
	usual := Tolerances{Up: 0.1, Down: 0.1}
	pendingPod := pod("pending", corev1.PodPending)
	sevenTargets := slices.Repeat([]int64{2800}, 25)
	tests := []struct {
		name       string
		current    int32
		target     int64
		tolerances Tolerances
		pods       []*corev1.Pod
		values     []int64
		replicas   int32
		usage      int64
		outcome    Outcome
	}{
		{"out", 2, 10_000, usual, running(2), []int64{20_000, 16_000}, 4, 18_000, OutsideTolerance},
		{"in", 4, 10_000, usual, running(4), []int64{5000, 5000, 5000, 4000}, 2, 4750, OutsideTolerance},
		{"upper edge is inside", 4, 10_000, usual, running(1), []int64{11_000}, 4, 11_000, WithinTolerance},
		{"one past the upper edge", 1, 10_000, usual, running(1), []int64{11_001}, 2, 11_001, OutsideTolerance},
		{"lower edge is inside", 4, 10_000, usual, running(1), []int64{9000}, 4, 9000, WithinTolerance},
		{"one past the lower edge", 4, 10_000, usual, running(4), []int64{8999, 8999, 8999, 8999}, 4, 8999, OutsideTolerance},
		{"own lower band", 2, 10_000, Tolerances{Up: 0.1, Down: 0.3}, running(2), []int64{7000, 7000}, 2, 7000, WithinTolerance},
		{"no tolerance", 2, 10_000, Tolerances{}, running(2), []int64{10_001, 10_001}, 3, 10_001, OutsideTolerance},
		{"the mean is floored before it is compared", 3, 10_000, Tolerances{}, running(3), []int64{10_000, 10_000, 10_002}, 3, 10_000, WithinTolerance},
		// 0.28·25 is 7.000000000000001 in floating point.
		{"exactly 7 targets on 25 pods are 8", 25, 10_000, usual, running(25), sevenTargets, 8, 2800, OutsideTolerance},
		{"nobody: to 0, which minReplicas stops", 3, 10_000, usual, running(3), []int64{0, 0, 0}, 0, 0, OutsideTolerance},
		{"inside the band of the counted pods a rollout postpones", 4, 10_000, usual, append(running(5), pendingPod), []int64{9500, 9500, 9500, 9500, 9500}, 4, 9500, WithinTolerance},
		{"a missing pod is 0 on the way out", 3, 10_000, usual, running(3), []int64{30_000, 30_000}, 6, 30_000, AdjustedOutsideTolerance},
		{"a missing pod has the target on the way in", 4, 10_000, usual, running(4), []int64{2000, 2000, 2000}, 2, 2000, AdjustedOutsideTolerance},
		{"missing pods hold a scale-out", 3, 10_000, usual, running(3), []int64{15_000, 15_000}, 3, 15_000, AdjustedWithinTolerance},
		{"missing pods turn a scale-out around", 4, 10_000, usual, running(4), []int64{15_000, 15_000}, 4, 15_000, AdjustedRatioReverses},
		{"at exactly the target missing pods change nothing", 4, 10_000, Tolerances{}, running(4), []int64{10_000, 10_000}, 4, 10_000, AdjustedWithinTolerance},
		{"pending pods are 0 on the way out", 3, 10_000, usual, append(running(2), pendingPod), []int64{30_000, 30_000}, 6, 30_000, AdjustedOutsideTolerance},
		{"pending pods do not count on the way in", 3, 10_000, usual, append(running(2), pendingPod), []int64{5000, 4000}, 1, 4500, OutsideTolerance},
		{"more wanted by the pods than there are replicas", 2, 10_000, usual, running(5), []int64{8000, 8000, 8000, 8000}, 2, 8000, AdjustedReplicasReverse},
		{"fewer wanted by the pods than there are replicas", 9, 10_000, usual, running(3), []int64{20_000, 20_000}, 9, 20_000, AdjustedReplicasReverse},
		{"more than an int32 holds", 1, 1, usual, running(1), []int64{1 << 40}, 1<<31 - 1, 1 << 40, OutsideTolerance},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := AverageValue(sync(test.current, test.tolerances, test.pods), "", test.target, readings(test.values...))
			if err != nil {
				t.Fatal(err)
			}
			got := Proposal{Replicas: p.Replicas, Usage: p.Usage, Mean: p.Mean, Target: p.Target, Outcome: p.Outcome}
			want := Proposal{Replicas: test.replicas, Usage: test.usage, Mean: test.usage, Target: test.target, Outcome: test.outcome}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestGroupsAndRatios(t *testing.T) {
	deleted := pod("deleted", corev1.PodRunning)
	deleted.DeletionTimestamp = &metav1.Time{Time: now}
	pods := append(running(2), pod("pending", corev1.PodPending), pod("failed", corev1.PodFailed), deleted,
		pod("done", corev1.PodSucceeded), pod("mute", corev1.PodRunning))
	values := readings(40_000, 40_000)
	values["deleted"], values["stranger"] = Reading{Milli: 90_000}, Reading{Milli: 40_000}
	got, err := AverageValue(sync(3, Tolerances{Up: 0.1, Down: 0.1}, pods), "", 10_000, values)
	if err != nil {
		t.Fatal(err)
	}
	want := Proposal{
		Replicas: 12, Usage: 40_000, Mean: 40_000, Target: 10_000, Ratio: 4, AdjustedRatio: 2, PodCount: 6, Outcome: AdjustedOutsideTolerance,
		Groups: Groups{
			Counted: []string{"p0", "p1"}, Missing: []string{"done", "mute"}, Pending: []string{"pending"},
			Ignored: []string{"deleted", "failed"}, Unlisted: []string{"stranger"},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestAverageValueErrors(t *testing.T) {
	tests := []struct {
		name   string
		target int64
		pods   []*corev1.Pod
		values []int64
		want   string
	}{
		{"no pod", 10_000, nil, []int64{1}, "no pod matches the selector"},
		{"no reading", 10_000, running(2), nil, "no reading counts: 2 pods have none, 0 are pending, 0 are ignored"},
		{"all pending", 10_000, []*corev1.Pod{pod("p0", corev1.PodPending)}, []int64{1}, "no reading counts: 0 pods have none, 1 are pending, 0 are ignored"},
		{"all ignored", 10_000, []*corev1.Pod{pod("p0", corev1.PodFailed)}, []int64{1}, "no reading counts: 0 pods have none, 0 are pending, 1 are ignored"},
		{"target", 0, running(1), []int64{1}, "target averageValue 0m: must be above 0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := sync(1, Tolerances{}, test.pods)
			p, err := AverageValue(s, "", test.target, readings(test.values...))
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
			g, _ := s.group("", readings(test.values...))
			if d := cmp.Diff(Proposal{Groups: g}, p); d != "" {
				t.Errorf("with an error there are only groups: %s", d)
			}
		})
	}
}
