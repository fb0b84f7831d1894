package engine

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOpenArrivesEvenly(t *testing.T) {
	for _, latency := range []time.Duration{0, 10 * time.Second} { // answers or none: arrivals are the same
		synctest.Test(t, func(t *testing.T) {
			target := newFakeTarget(latency)
			Open{Rate: 2.5, MaxInFlight: 100, Duration: 2 * time.Second}.Run(t.Context(), target)
			want := []time.Duration{0, 400 * ms, 800 * ms, 1200 * ms, 1600 * ms}
			if diff := cmp.Diff(want, target.sortedStarts()); diff != "" {
				t.Errorf("latency %s: starts (-want +got):\n%s", latency, diff)
			}
			if target.skipped != 0 || target.cut != 0 {
				t.Errorf("latency %s: %d skipped, %d cut; want none", latency, target.skipped, target.cut)
			}
		})
	}
}

func TestOpenSkipsBeyondMaxInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newFakeTarget(time.Minute)
		Open{Rate: 10, MaxInFlight: 3, Duration: time.Second}.Run(t.Context(), target)
		if len(target.starts) != 3 || target.most != 3 || target.skipped != 7 {
			t.Errorf("%d sent, at most %d in flight, %d skipped; want 3, 3, 7", len(target.starts), target.most, target.skipped)
		}
	})
}

func TestOpenStopsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		target := newFakeTarget(time.Minute)
		time.AfterFunc(1500*ms, cancel)
		Open{Rate: 1, MaxInFlight: 10, Duration: time.Hour}.Run(ctx, target) // waits for arrival 2 when it is stopped
		if took := time.Since(target.begin); took != 1500*ms {
			t.Errorf("returned after %s, want 1.5s", took)
		}
		if len(target.starts) != 2 || target.cut != 2 || target.skipped != 0 {
			t.Errorf("%d sent, %d cut, %d skipped; want 2, 2, 0", len(target.starts), target.cut, target.skipped)
		}
	})
}

// stalling holds the engine's own loop up whenever it skips, as an overloaded machine would.
type stalling struct {
	*fakeTarget
	stall time.Duration
}

func (s stalling) Skip(due time.Time) {
	s.fakeTarget.Skip(due)
	time.Sleep(s.stall) // fake time
}

func TestOpenCountsWhatItCouldNotSend(t *testing.T) {
	tests := []struct {
		name  string
		stall time.Duration
		late  []time.Duration // of those that were sent
	}{
		// Arrival 0 is sent; 1, due at 100 ms, finds it in flight and stalls the loop. Once that is over, 2 starts late, 3 is due at the
		// same moment and stalls again, and so on.
		{"a little late", 450 * ms, []time.Duration{0, 350 * ms, 600 * ms, 850 * ms, 1100 * ms}},
		{"just within the lag", 1850 * ms, []time.Duration{0, 1750 * ms}},
		{"beyond the lag", 1950 * ms, []time.Duration{0}},
	}
	for _, test := range tests {
		synctest.Test(t, func(t *testing.T) {
			target := stalling{newFakeTarget(150 * ms), test.stall}
			Open{Rate: 10, MaxInFlight: 1, Duration: time.Second}.Run(t.Context(), target)
			if diff := cmp.Diff(test.late, target.late); diff != "" {
				t.Errorf("%s: lateness (-want +got):\n%s", test.name, diff)
			}
			if got := len(target.starts) + target.skipped; got != 10 {
				t.Errorf("%s: %d arrivals counted, want 10", test.name, got)
			}
		})
	}
}
