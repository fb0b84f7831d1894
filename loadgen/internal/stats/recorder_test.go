package stats

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"userscale.dev/userscale/loadgen/internal/request"
)

func TestSummaryHidesNothing(t *testing.T) {
	r := NewRecorder()
	end := func(kind request.Kind, text string, took time.Duration) {
		r.Start()
		r.End(kind, errors.New(text), took)
	}
	for range 3 {
		r.Start()
		r.End(request.Success, nil, 100*time.Millisecond)
	}
	end("status_503", "first", 10*time.Millisecond)
	end("status_503", "second", 10*time.Millisecond)
	end(request.Timeout, "late", 30*time.Second)
	end(request.CutOff, "bye", time.Hour)
	r.Skip()
	r.Start() // still in flight

	want := Summary{
		Requests:     8,
		Successes:    3,
		Errors:       4,
		CutOff:       1,
		ErrorsByKind: map[request.Kind]int64{"status_503": 2, request.Timeout: 1, request.NotSent: 1},
		Examples:     map[request.Kind]string{"status_503": "first", request.Timeout: "late"},
	}
	got := r.Summary()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Summary{}, "All", "Successful")); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if got.All.Count != 6 || got.Successful.Count != 3 {
		t.Errorf("latencies of %d and %d requests, want 6 (sent, not cut off) and 3", got.All.Count, got.Successful.Count)
	}
	if got.Successful.Max > 101*time.Millisecond || got.All.Max < 30*time.Second {
		t.Errorf("slowest success %s, slowest of all %s; want about 100ms and 30s", got.Successful.Max, got.All.Max)
	}
}

func TestNoRequestsHaveNoLatency(t *testing.T) {
	r := NewRecorder()
	r.Start()
	r.End(request.Refused, errors.New("refused"), time.Millisecond)
	if s := r.Summary(); s.Successful != nil || s.All == nil {
		t.Errorf("got %v of successes and %v of all, want none and one", s.Successful, s.All)
	}
}

func TestPercentiles(t *testing.T) {
	r := NewRecorder()
	for i := 1; i <= 1000; i++ {
		r.Start()
		r.End(request.Success, nil, time.Duration(i)*time.Millisecond)
	}
	at := func(millis int) time.Duration { return time.Duration(millis) * time.Millisecond }
	want := &Latency{
		Count: 1000, Min: at(1), Mean: 500500 * time.Microsecond,
		P50: at(500), P90: at(900), P95: at(950), P99: at(990), P999: at(999), Max: at(1000),
	}
	// Three significant digits: within a thousandth.
	if diff := cmp.Diff(want, r.Summary().Successful, cmpopts.EquateApproxTime(0), near(0.001)); diff != "" {
		t.Errorf("latency (-want +got):\n%s", diff)
	}
}

func near(fraction float64) cmp.Option {
	return cmp.Comparer(func(a, b time.Duration) bool {
		return float64((a - b).Abs()) <= fraction*float64(max(a, b))
	})
}

func TestLatencyOutOfRangeStillCounts(t *testing.T) {
	r := NewRecorder()
	for _, took := range []time.Duration{-time.Second, 0, 100 * time.Hour} {
		r.Start()
		r.End(request.Success, nil, took)
	}
	if got := r.Summary().All; got.Count != 3 || got.Max < 4*time.Hour {
		t.Errorf("got %+v, want 3 requests, the longest counted as 4h", got)
	}
}

func TestConcurrentUse(t *testing.T) {
	r := NewRecorder()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				r.Start()
				r.End(request.Success, nil, time.Millisecond)
				r.Skip()
			}
		})
	}
	for range 20 {
		r.Tick()
		r.Summary()
	}
	wg.Wait()
	if s := r.Summary(); s.Requests != 8000 || s.Successes != 4000 || r.Tick().InFlight != 0 {
		t.Errorf("got %d requests, %d successes; want 8000, 4000 and none in flight", s.Requests, s.Successes)
	}
}

func BenchmarkRecorder(b *testing.B) {
	b.ReportAllocs()
	r := NewRecorder()
	for b.Loop() {
		r.Start()
		r.End(request.Success, nil, 123*time.Millisecond)
	}
}
