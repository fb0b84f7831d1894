package simulate

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"userscale.dev/userscale/replay/internal/recording"
	"userscale.dev/userscale/replay/internal/timeline"
)

func replayed(t *testing.T, r *recording.Recording) *Replayed {
	t.Helper()
	out, err := Replay(t.Context(), t, r, Defaults().Controller)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// restless is a load that is steady for as long as an HPA remembers, and then changes all the time.
func restless(seed uint64) []float64 {
	chance := rand.New(rand.NewPCG(seed, 1))
	load := hold(35, 30)
	for _, level := range []float64{35, 80, 50, 15} {
		for range 420 {
			load = append(load, math.Round(level*(0.8+0.4*chance.Float64())))
		}
	}
	return load
}

// TestReplayOfARecordedRun records runs of the model from outside: the replays must decide the same, at the same moments, and read the
// same, to the thousandth.
func TestReplayOfARecordedRun(t *testing.T) {
	for seed := range uint64(6) {
		c := everything(t)
		c.Users, c.Poisson, c.Seed = restless(seed), false, seed
		c.AdapterRestart, c.AdapterOutage = 0, 0 // which a recording cannot have
		if seed%2 == 0 {
			c.Initial = 4
		}
		if hpa := c.Policy.HPA; seed%3 > 0 { // whose values change with every third collection
			c.Policy = policyOf(t, hpa, "../../../manifests/components/gpu/adapter.yaml")
		} else { // which looks at how many pods there are
			hpa.Spec.Metrics[0] = objectMetric(hpa, true)
		}
		run, recorded := tapped(t, c)
		got := replayed(t, recorded)
		if len(run.Decisions) < 4 {
			t.Errorf("seed %d: %d decisions: want a run with more", seed, len(run.Decisions))
		}
		sameDecisions(t, seed, run.Decisions, got.Decisions)
		sameReadings(t, seed, recorded, got)
	}
}

func sameDecisions(t *testing.T, seed uint64, want, got []timeline.Decision) {
	t.Helper()
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(want):
			t.Errorf("seed %d: %+v is one too many", seed, got[i])
		case i >= len(got):
			t.Errorf("seed %d: %+v is missing", seed, want[i])
		case want[i].From != got[i].From || want[i].To != got[i].To || want[i].Reason != got[i].Reason || math.Abs(want[i].T-got[i].T) > 1e-6:
			t.Errorf("seed %d: %+v: want %+v", seed, got[i], want[i])
		}
	}
}

func sameReadings(t *testing.T, seed uint64, recorded *recording.Recording, got *Replayed) {
	t.Helper()
	n := 0
	for _, e := range recorded.Events {
		if e.Pass == nil {
			continue
		}
		for i := range e.Pass.Status.CurrentMetrics {
			want, is := ReadingOf(&e.Pass.Status, i), ReadingOf(got.Statuses[n], i)
			if want != is {
				t.Errorf("seed %d: at %g: %s: %v, want %v", seed, e.T, got.Metrics[i].Name, is, want)
			}
		}
		n++
	}
	if n < 50 || n != len(got.Statuses) {
		t.Errorf("seed %d: %d passes recorded, %d replayed", seed, n, len(got.Statuses))
	}
}

func TestSchedule(t *testing.T) {
	s := after
	for name, test := range map[string]struct {
		began []time.Duration
		end   float64
		want  []pass
	}{
		"none":            {nil, 60, nil},
		"regular ones":    {[]time.Duration{s(20), s(35.1)}, 70, []pass{{s(5), -1}, {s(20), 0}, {s(35.1), 1}, {s(50.1), -1}, {s(65.1), -1}}},
		"unseen between":  {[]time.Duration{s(10), s(56.2)}, 57, []pass{{s(10), 0}, {s(25.4), -1}, {s(40.8), -1}, {s(56.2), 1}}},
		"two in one":      {[]time.Duration{0, 0, s(0.001)}, 1, []pass{{0, 1}, {s(0.001), 2}}},
		"too soon":        {[]time.Duration{s(1), s(16.1), s(31)}, 32, []pass{{s(1), 0}, {s(16), 1}, {s(31), 2}}},
		"out of the beat": {[]time.Duration{s(1), s(8)}, 10, []pass{{s(1), 0}, {s(8), 1}}},
	} {
		got := schedule(test.began, 15*time.Second, s(test.end))
		if len(got) != len(test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
			continue
		}
		for i := range got {
			if got[i] != test.want[i] {
				t.Errorf("%s: %v, want %v", name, got, test.want)
			}
		}
	}
}
