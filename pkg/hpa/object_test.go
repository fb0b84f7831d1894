package hpa

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

func TestObject(t *testing.T) {
	five := running(5)
	five[4].Status.Conditions[0].Status = corev1.ConditionFalse // 4 are ready
	shipped := Tolerances{Up: 0, Down: 0.3}
	for name, tc := range map[string]struct {
		of                func(Sync, int64, int64) (Proposal, error)
		replicas, running int32
		target, value     int64
		wantReplicas      int32
		wantUsage         int64
		wantRatio         float64
		wantOutcome       Outcome
	}{
		"average: out":                      {ObjectAverageValue, 5, 5, 10_000, 57_001, 6, 11_401, 1.14002, OutsideTolerance},
		"average: inside the band":          {ObjectAverageValue, 5, 5, 10_000, 35_000, 5, 7_000, 0.7, WithinTolerance},
		"average: in":                       {ObjectAverageValue, 5, 5, 10_000, 34_000, 4, 6_800, 0.68, OutsideTolerance},
		"average: running counts, not spec": {ObjectAverageValue, 5, 4, 10_000, 40_000, 4, 10_000, 1, WithinTolerance},
		"average: none running":             {ObjectAverageValue, 5, 0, 10_000, 10_000, 1, 10_000, 1, OutsideTolerance},
		"value: the ready pods are scaled":  {ObjectValue, 5, 5, 40_000, 60_000, 6, 60_000, 1.5, OutsideTolerance},
		"value: inside the band":            {ObjectValue, 5, 5, 40_000, 40_000, 5, 40_000, 1, WithinTolerance},
		"value: from none":                  {ObjectValue, 0, 0, 40_000, 60_000, 2, 60_000, 1.5, OutsideTolerance},
	} {
		t.Run(name, func(t *testing.T) {
			s := sync(tc.replicas, shipped, five)
			s.Running = tc.running
			got, err := tc.of(s, tc.target, tc.value)
			want := Proposal{Replicas: tc.wantReplicas, Usage: tc.wantUsage, Target: tc.target, Ratio: tc.wantRatio, AdjustedRatio: tc.wantRatio,
				PodCount: got.PodCount, Outcome: tc.wantOutcome}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

func TestObjectWithoutProposal(t *testing.T) {
	none := sync(5, Tolerances{}, nil)
	if p, err := ObjectValue(none, 1000, 2000); err == nil {
		t.Errorf("no pod matches, and it proposes %d", p.Replicas)
	}
	for name, of := range map[string]func(Sync, int64, int64) (Proposal, error){"average": ObjectAverageValue, "value": ObjectValue} {
		if p, err := of(sync(5, Tolerances{}, running(5)), 0, 2000); err == nil {
			t.Errorf("%s: the target is 0, and it proposes %d", name, p.Replicas)
		}
	}
}
