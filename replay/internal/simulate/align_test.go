package simulate

import (
	"math"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"userscale.dev/userscale/replay/internal/recording"
)

// TestPassesThatTookLonger: with an API server that is slow, statuses are written, and pods created and deleted for it, when other values
// have come already. What the statuses say tells.
func TestPassesThatTookLonger(t *testing.T) {
	for seed := range uint64(4) {
		c := shipped(t, restless(seed))
		c.Seed = seed
		run, recorded := tapped(t, c)
		for i := range recorded.Events {
			e := &recorded.Events[i]
			ordered := e.Pod != nil && e.T > 0 && (e.Pod.Status.Phase == corev1.PodPending || e.Pod.DeletionTimestamp != nil)
			if e.Pass != nil || e.Rescale != nil || ordered {
				e.T += 0.3
			}
		}
		slices.SortStableFunc(recorded.Events, func(a, b recording.Event) int { return int(math.Round(1000*a.T) - math.Round(1000*b.T)) })
		got := replayed(t, recorded)
		for i := range max(len(run.Decisions), len(got.Decisions)) {
			if i >= min(len(run.Decisions), len(got.Decisions)) {
				t.Fatalf("seed %d: %d decisions, want %d", seed, len(got.Decisions), len(run.Decisions))
			}
			if want, is := run.Decisions[i], got.Decisions[i]; want.From != is.From || want.To != is.To || math.Abs(want.T-is.T) > longestDelay.Seconds() {
				t.Errorf("seed %d: %+v: want %+v", seed, is, want)
			}
		}
		n := -1
		for i := range recorded.Events {
			e := &recorded.Events[i]
			if e.Pass == nil {
				continue
			}
			n++
			if was, is := ReadingOf(&e.Pass.Status, 0), ReadingOf(got.Statuses[n], 0); !sameReading(was, is) {
				t.Errorf("seed %d: at %g: %v, want %v", seed, e.T, is, was)
			}
		}
	}
}

// Nothing is moved further than a pass can take, nor before the beginning.
func TestAlignWithin(t *testing.T) {
	_, recorded := tapped(t, shipped(t, restless(1)))
	p, err := livePolicy(recorded)
	if err != nil {
		t.Fatal(err)
	}
	began, out := beginnings(recorded), replayed(t, recorded)
	for i := range out.Statuses {
		out.Statuses[i] = out.Statuses[(i+7)%len(out.Statuses)] // no reading is right
	}
	rounds := 0
	for ; align(began, recorded, p, out); rounds++ {
		if rounds > 10 {
			t.Fatal("it goes on")
		}
	}
	for i, from := range beginnings(recorded) {
		if off := from - began[i]; off < 0 || off > longestDelay-writeDelay+time.Millisecond || began[i] < 0 {
			t.Errorf("pass %d: from %v to %v", i, from, began[i])
		}
	}
	if rounds == 0 {
		t.Error("nothing was moved")
	}
}
