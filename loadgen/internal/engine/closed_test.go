package engine

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const ms = time.Millisecond

func TestClosedKeepsUsersBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newFakeTarget(300 * ms)
		go Closed{Users: 7, Duration: 10 * time.Second}.Run(t.Context(), target)
		for range 99 {
			time.Sleep(101 * ms) // fake time; never at a request's boundary
			synctest.Wait()
			if got := target.now(); got != 7 {
				t.Fatalf("at %s: %d requests in flight, want 7", time.Since(target.begin), got)
			}
		}
		time.Sleep(time.Second)
		synctest.Wait()
		// The last requests start at 9.9 s and are let finish.
		if got, want := len(target.starts), 7*34; got != want || target.now() != 0 || target.cut != 0 {
			t.Errorf("%d requests, %d in flight, %d cut; want %d, 0, 0", got, target.now(), target.cut, want)
		}
		if target.most != 7 {
			t.Errorf("at most %d in flight, want 7", target.most)
		}
	})
}

func TestClosedRamp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newFakeTarget(10 * time.Second) // nobody starts twice
		Closed{Users: 4, Ramp: 2 * time.Second, Duration: 5 * time.Second}.Run(t.Context(), target)
		want := []time.Duration{0, 500 * ms, 1000 * ms, 1500 * ms}
		if diff := cmp.Diff(want, target.sortedStarts()); diff != "" {
			t.Errorf("starts (-want +got):\n%s", diff)
		}
	})
}

func TestClosedPausesAfterNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newFakeTarget(0)
		target.declines = true
		Closed{Users: 3, Duration: 950 * ms}.Run(t.Context(), target)
		if got, want := len(target.starts), 30; got != want {
			t.Errorf("%d requests, want %d: 3 users, one each %s", got, want, unansweredPause)
		}
	})
}

func TestClosedStopsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		target := newFakeTarget(time.Minute)
		time.AfterFunc(2500*ms, cancel)
		// Users 0 to 2 have started by then; 3 and 4 never do.
		Closed{Users: 5, Ramp: 5 * time.Second, Duration: time.Hour}.Run(ctx, target)
		if took := time.Since(target.begin); took != 2500*ms {
			t.Errorf("returned after %s, want 2.5s", took)
		}
		if len(target.starts) != 3 || target.cut != 3 {
			t.Errorf("%d requests, %d cut; want 3, 3", len(target.starts), target.cut)
		}
	})
}

func TestClosedNothingStartsAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newFakeTarget(700 * ms)
		Closed{Users: 2, Ramp: 500 * ms, Duration: 2 * time.Second}.Run(t.Context(), target)
		want := []time.Duration{0, 250 * ms, 700 * ms, 950 * ms, 1400 * ms, 1650 * ms}
		if diff := cmp.Diff(want, target.sortedStarts()); diff != "" {
			t.Errorf("starts (-want +got):\n%s", diff)
		}
		if took := time.Since(target.begin); took != 2350*ms || target.cut != 0 {
			t.Errorf("returned after %s with %d cut, want 2.35s with 0: requests in flight may finish", took, target.cut)
		}
	})
}
