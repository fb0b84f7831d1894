package stats

import (
	"testing"
	"time"

	"userscale.dev/userscale/loadgen/internal/request"
)

func TestLiveLooksBackOverTheWindow(t *testing.T) {
	r := fresh()
	// Ten requests in the first second, none later: the rate is over the seconds that have been, at most RecentSeconds.
	for range 10 {
		r.request(0, request.Success, "", 900*ms)
	}
	if live := r.Live(began.Add(990 * ms)); live.Rate != 0 || live.Offered != 0 || live.Recent == nil {
		t.Errorf("within the first second: got %+v, want no rates yet, and a latency", live)
	}
	for second, want := range []float64{10, 5, 10.0 / 3, 2.5, 2, 0, 0} {
		live := r.Live(began.Add(time.Duration(second+1) * time.Second))
		if !about(live.Rate, want) || !about(live.Offered, want) || (live.Recent == nil) != (want == 0) || live.Planned != 7 {
			t.Errorf("second %d: got %+v, want the rate %v, also offered, with a latency unless it is 0; 7 planned", second, live, want)
		}
	}
	for range 5 {
		r.request(7*time.Second, request.Success, "", 2*time.Second)
	}
	live := r.Live(began.Add(10 * time.Second))
	if !about(live.Rate, 1) || live.Recent.P50 < 1990*ms {
		t.Errorf("got rate %v, p50 %s; want 1 and about 2s: what left the window is forgotten", live.Rate, live.Recent.P50)
	}
}

func about(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }

func TestLiveCounts(t *testing.T) {
	r := fresh()
	r.Start(Request{Due: began}, began)
	r.Start(Request{Due: began}, began)
	r.request(0, request.Reset, "reset", ms)
	if live := r.Live(began.Add(time.Second)); live.InFlight != 2 || live.Errors != 1 {
		t.Errorf("got %d in flight, %d errors; want 2, 1", live.InFlight, live.Errors)
	}
}
