package search

import (
	"strings"
	"testing"
	"time"

	"userscale.dev/userscale/replay/internal/batch"
	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/simulate"
)

func shipped(t *testing.T) *policy.Policy {
	t.Helper()
	p, err := policy.Load("../../../manifests/base/workload/hpa.yaml", "")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCandidates(t *testing.T) {
	base := shipped(t)
	entries, err := Grid{
		Rises: []time.Duration{0, 10 * time.Second}, Falls: []time.Duration{time.Minute}, Targets: []float64{7.5, 10}, Windows: []time.Duration{0, time.Minute, 5 * time.Minute},
	}.Candidates(base)
	if err != nil || len(entries) != 2*1*2*3 {
		t.Fatalf("got %d, %v", len(entries), err)
	}
	first := entries[0]
	spec := first.Policy.HPA.Spec
	if first.Name != "rise 0s, fall 1m, target 7.5, window 0s" || spec.Metrics[0].Pods.Target.AverageValue.MilliValue() != 7500 || *spec.Behavior.ScaleDown.StabilizationWindowSeconds != 0 {
		t.Errorf("got %s: %+v", first.Name, spec)
	}
	if o := first.Policy.Override; o.Rise == nil || *o.Rise != 0 || o.Fall == nil || *o.Fall != time.Minute {
		t.Errorf("got %+v", o)
	}
	if got := base.HPA.Spec.Metrics[0].Pods.Target.AverageValue.Value(); got != 10 || len(base.HPA.Annotations) != 0 {
		t.Error("the base was changed")
	}
	alphas, err := Grid{Alphas: []float64{0.1, 1}}.Candidates(base)
	if err != nil || len(alphas) != 2 || alphas[0].Policy.Override.Rise == nil || *alphas[0].Policy.Override.Rise != *alphas[0].Policy.Override.Fall {
		t.Errorf("got %+v, %v", alphas, err)
	}
}

func TestNamed(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"fall 0s": 0, "fall 30s": 30 * time.Second, "fall 1m": time.Minute, "fall 10m": 10 * time.Minute, "fall 1m10s": 70 * time.Second, "fall 1h": time.Hour,
		"fall 1h10m": 70 * time.Minute,
	} {
		if got := Named("fall", d); got != want {
			t.Errorf("%s: got %s, want %s", d, got, want)
		}
	}
}

func TestCandidatesSayWhatIsWrong(t *testing.T) {
	base := shipped(t)
	cpu := *base
	cpu.HPA = base.HPA.DeepCopy()
	cpu.HPA.Spec.Metrics = cpu.HPA.Spec.Metrics[1:]
	for want, c := range map[string]struct {
		base *policy.Policy
		grid Grid
	}{
		"nothing to search":              {base, Grid{}},
		"alpha: allowed: without":        {base, Grid{Alphas: []float64{0.5}, Rises: []time.Duration{time.Second}}},
		"rise 2h: metadata.annotation":   {base, Grid{Rises: []time.Duration{2 * time.Hour}}},
		"target 5: allowed: with an HPA": {&cpu, Grid{Targets: []float64{5}}},
	} {
		if _, err := c.grid.Candidates(c.base); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A low target serves more and costs more than a high one, so both are on the front; two that are alike are on it together.
func TestRun(t *testing.T) {
	world := simulate.Defaults()
	for s := range 900 {
		world.Users = append(world.Users, 20+float64(60*(s/300%2)))
	}
	entries, err := Grid{Targets: []float64{1, 1000}}.Candidates(shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	entries = append(entries, entries[1])
	got, err := Run(t.Context(), &batch.Runner{T: t}, world, 2, entries)
	if err != nil || len(got) != 3 {
		t.Fatalf("got %v, %v", got, err)
	}
	for _, c := range got {
		if !c.Front || len(c.Scores) != 2 {
			t.Errorf("%s: front %v, %d scores", c.Name, c.Front, len(c.Scores))
		}
	}
	if cheap, dear := got[1].Scores[0], got[0].Scores[0]; cheap.PodHours >= dear.PodHours || cheap.Unserved <= dear.Unserved {
		t.Errorf("target 1000: %+v\ntarget 1: %+v", cheap, dear)
	}
}
