package stats

import (
	"errors"
	"testing"
	"time"

	"userscale.dev/userscale/loadgen/internal/request"
)

// finish ends n requests that took so long.
func finish(r *Recorder, n int, took time.Duration) {
	for range n {
		r.Start()
		r.End(request.Success, nil, took)
	}
}

func TestTickLooksBackOverTheWindow(t *testing.T) {
	r := NewRecorder()
	// Ten requests in the first second, none later: the rate is over the seconds that have been, at most RecentTicks.
	finish(r, 10, time.Second)
	for second, want := range []float64{10, 5, 10.0 / 3, 2.5, 2, 0, 0} {
		live := r.Tick()
		if live.Rate != want || (live.Recent == nil) != (want == 0) {
			t.Errorf("second %d: rate %v with latency %v, want rate %v", second+1, live.Rate, live.Recent, want)
		}
	}
	finish(r, 5, 2*time.Second)
	if live := r.Tick(); live.Rate != 1 || live.Recent.P50 < 1990*time.Millisecond {
		t.Errorf("got rate %v, p50 %s; want 1 and about 2s: what left the window is forgotten", live.Rate, live.Recent.P50)
	}
}

func TestTickCounts(t *testing.T) {
	r := NewRecorder()
	r.Start()
	r.Start()
	r.Start()
	r.End(request.Reset, errors.New("reset"), time.Second)
	if live := r.Tick(); live.InFlight != 2 || live.Errors != 1 {
		t.Errorf("got %d in flight, %d errors; want 2, 1", live.InFlight, live.Errors)
	}
}
