package e2e

import (
	"cmp"
	"math"
	"slices"
	"testing"
	"time"

	"userscale.dev/userscale/test/observe"
)

// fault is one row of the table.
type fault struct {
	name     string
	stateful bool
	replicas int32 // before and after
	users    int   // throughout
	pinned   bool  // as many on every pod, past the Service

	strike  func(*testing.T, *deployed) (end func())
	lasts   time.Duration // from when it shows in the coverage; two syncs unless set
	during  coverage
	desired int32  // replicas during it
	cause   string // why a scrape of the missing pods gives no value, in the adapter's words; empty where none is missing
}

// The HPA decides every 15 s.
const (
	sync     = 15 * time.Second
	twoSyncs = 2*sync + 3*time.Second
)

// play lets the load settle with the replicas pinned, frees the HPA, strikes, ends the fault, and judges all that the HPA did since
// it was free.
func (f *fault) play(t *testing.T) {
	w := newWorkload(t, settings{min: f.replicas, max: f.replicas, stepDown: 10, usersOnly: true, stateful: f.stateful})
	f.settle(t, w)
	began := time.Now()
	w.setBounds(t, 1, 10)

	end := f.strike(t, w)
	w.untilCovered(t, f.during)
	w.hold(t, cmp.Or(f.lasts, twoSyncs), f.desired)
	if f.cause != "" {
		w.wantCause(t, f.cause, began)
	}
	end()
	w.untilCovered(t, coverage{counted: int(f.replicas)})
	w.hold(t, twoSyncs, f.replicas)
	f.judge(t, w, began)
}

// settle starts the load and waits until the smoothed total is near it.
func (f *fault) settle(t *testing.T, w *deployed) {
	t.Helper()
	w.until(t, 2*time.Minute, "all pods to be ready", func(o observe.Observation) bool { return o.Ready == f.replicas })
	if f.pinned {
		w.startOnEach(t, f.users/int(f.replicas))
	} else {
		w.start(t, "users", f.users)
	}
	w.until(t, 2*time.Minute, "the smoothed total to reach the load", func(o observe.Observation) bool {
		return o.Smoothed[observe.Users] > 0.96*float64(f.users)
	})
}

// hold waits while the HPA decides, and wants the same replicas at every look.
func (w *deployed) hold(t *testing.T, d time.Duration, desired int32) {
	t.Helper()
	began := time.Now()
	pause(t, d)
	seen := w.recorder.ObservationsSince(began)
	if lowest, highest := observe.Lowest(seen), observe.Highest(seen); lowest != desired || highest != desired {
		t.Errorf("%d to %d replicas desired, want %d throughout", lowest, highest, desired)
	}
	// An HPA that can't read never scales in, which would prove nothing.
	if d > sync && (len(seen) == 0 || !seen[len(seen)-1].Active) {
		t.Errorf("the HPA does not read its metric: %+v", seen)
	}
}

// judge wants no decisions but to go to the replicas of the fault and back, and a total that never left what the load and its
// counted part say, give or take a tenth.
func (f *fault) judge(t *testing.T, w *deployed, began time.Time) {
	t.Helper()
	var want, got []int32
	if f.desired != f.replicas {
		want = []int32{f.desired, f.replicas}
	}
	for _, r := range w.recorder.RescalesSince(began) {
		got = append(got, r.To)
	}
	if !slices.Equal(got, want) {
		t.Errorf("rescaled to %v, want %v", got, want)
	}
	load := float64(f.users)
	part := load
	if f.pinned {
		part *= float64(f.during.counted) / float64(f.replicas)
	}
	lowest, highest := load, load
	for _, o := range w.recorder.ObservationsSince(began) {
		if s, served := o.Smoothed[observe.Users]; served {
			lowest, highest = min(lowest, s), max(highest, s)
		}
	}
	t.Logf("the smoothed total was %.1f to %.1f, the load is %.0f, the counted part %.0f", lowest, highest, load, part)
	if lowest < math.Floor(0.9*part) || highest > math.Ceil(1.1*load) {
		t.Errorf("the smoothed total was %.1f to %.1f, want %.0f to %.0f give or take a tenth", lowest, highest, part, load)
	}
}
