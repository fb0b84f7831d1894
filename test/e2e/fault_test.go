package e2e

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/test/observe"
)

// fault is one row of the table.
type fault struct {
	name     string
	stateful bool
	replicas int32 // before and after
	users    int   // throughout
	pinned   bool  // as many on every pod, past the Service
	twice    int   // of the users, who may count twice until maxAge: where they are now, and in the last value of the pod that they left

	strike  func(*testing.T, *deployed) (end func())
	lasts   time.Duration // from when it shows in the coverage; two syncs unless set
	during  coverage
	desired int32  // replicas during it
	cause   string // why a scrape of the missing pods gives no value, in the adapter's words; empty where none is missing
}

// The HPA decides every 15 s; maxAge is that of the users' metric as shipped.
const (
	sync     = 15 * time.Second
	twoSyncs = 2*sync + 3*time.Second
	maxAge   = 15 * time.Second
)

// play lets the load settle while the HPA's bounds hold the replicas, frees the HPA, strikes, ends the fault, and judges.
func (f *fault) play(t *testing.T) {
	w := newWorkload(t, settings{min: f.replicas, max: f.replicas, stepDown: 10, usersOnly: true, stateful: f.stateful})
	f.settle(t, w)
	began := time.Now()
	w.setBounds(t, 1, 10)

	end := f.strike(t, w)
	w.untilCovered(t, f.during)
	w.hold(t, cmp.Or(f.lasts, twoSyncs), f.desired)
	w.wantExplained(t, f)
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
	// An HPA that can't read never scales in, which would prove nothing.
	if d > sync && (len(seen) == 0 || !seen[len(seen)-1].Active) {
		t.Errorf("the HPA does not read its metric, the last of %d looks: %+v", len(seen), seen[max(0, len(seen)-1):])
	}
	if lowest, highest := observe.Lowest(seen), observe.Highest(seen); len(seen) > 0 && (lowest != desired || highest != desired) {
		t.Errorf("%d to %d replicas desired, want %d throughout", lowest, highest, desired)
	}
}

// judge looks back on all that the HPA did since it was free: nothing but going to the fault's replicas and back. The smoothed total
// was never beyond its bounds, except that pods with users of their own take their part along.
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
	lowest, highest := float64(f.users), float64(f.users)
	for _, o := range w.recorder.ObservationsSince(began) {
		if s, served := o.Smoothed[observe.Users]; served {
			lowest, highest = min(lowest, s), max(highest, s)
		}
	}
	t.Logf("at %d users the smoothed total was %.1f to %.1f", f.users, lowest, highest)
	least, most := f.bounds()
	if highest > most || lowest < least && !f.pinned {
		t.Errorf("at %d users the smoothed total was %.1f to %.1f, want %.1f to %.1f", f.users, lowest, highest, least, most)
	}
}

// bounds are the load, give or take a tenth. While some users count twice, S follows for maxAge what is too much; then that part of the
// raw total is gone, and with it the same part of S, though S had not come so far.
func (f *fault) bounds() (least, most float64) {
	users, twice := float64(f.users), float64(f.twice)
	risen := users + twice*smoothing.HalfLives{Rise: config.DefaultRiseHalfLife}.Alpha(maxAge)
	return 0.9 * risen * users / (users + twice), 1.1 * risen
}
