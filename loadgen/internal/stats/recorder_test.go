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

const ms = time.Millisecond

var began = time.Date(2026, 1, 2, 3, 4, 5, 600, time.UTC)

// fresh returns a recorder of a run that began at began, with no warm-up and the planned level 7, by a process that uses no CPU.
func fresh() *Recorder {
	return newRecorder(Config{Start: began, Planned: constantly(7)}, func() time.Duration { return 0 })
}

func constantly(level float64) func(_, _ time.Duration) float64 {
	return func(_, _ time.Duration) float64 { return level }
}

// request counts one that was due at an offset from the start, started then, and took so long.
func (r *Recorder) request(at time.Duration, kind request.Kind, text string, took time.Duration) {
	q := Request{Due: began.Add(at)}
	r.Start(q, q.Due)
	r.End(q, kind, errors.New(text), q.Due.Add(took))
}

func TestSummaryHidesNothing(t *testing.T) {
	r := fresh()
	for range 3 {
		r.request(0, request.Success, "", 100*ms)
	}
	r.request(0, "status_503", "first", 10*ms)
	r.request(0, "status_503", "second", 10*ms)
	r.request(0, request.Timeout, "late", 30*time.Second)
	r.request(0, request.CutOff, "bye", time.Hour)
	r.Skip(Request{Due: began}, began)
	r.Start(Request{Due: began}, began) // still in flight

	want := Summary{
		Requests:     8,
		Successes:    3,
		Errors:       4,
		CutOff:       1,
		ErrorsByKind: map[request.Kind]int64{"status_503": 2, request.Timeout: 1, request.NotSent: 1},
		Examples:     map[request.Kind]string{"status_503": "first", request.Timeout: "late"},
	}
	got := r.Summary()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Summary{}, "All", "Successful", "Late")); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if got.All.Count != 6 || got.Successful.Count != 3 {
		t.Errorf("latencies of %d and %d requests, want 6 (sent, not cut off) and 3", got.All.Count, got.Successful.Count)
	}
	if got.Successful.Max > 101*ms || got.All.Max < 30*time.Second {
		t.Errorf("slowest success %s, slowest of all %s; want about 100ms and 30s", got.Successful.Max, got.All.Max)
	}
}

func TestNoRequestsHaveNoLatency(t *testing.T) {
	r := fresh()
	r.request(0, request.Refused, "refused", ms)
	if s := r.Summary(); s.Successful != nil || s.All == nil {
		t.Errorf("got %v of successes and %v of all, want none and one", s.Successful, s.All)
	}
}

// What was due in the warm-up counts, but its latency does not, however late it ended.
func TestWarmUp(t *testing.T) {
	r := newRecorder(Config{Start: began, WarmUp: 2 * time.Second, Planned: constantly(1)}, ownCPU)
	r.request(0, request.Success, "", 5*time.Second)
	r.request(2*time.Second-1, request.Reset, "reset", ms)
	r.Skip(Request{Due: began.Add(time.Second)}, began.Add(3*time.Second))
	r.request(2*time.Second, request.Success, "", 10*ms)
	got := r.Summary()
	if got.Requests != 4 || got.Successes != 2 || got.Errors != 2 || got.WarmUp != 3 {
		t.Errorf("got %+v, want 4 requests, 2 successes, 2 errors, 3 of the warm-up", got)
	}
	if got.All.Count != 1 || got.All.Max > 11*ms || got.Successful.Count != 1 {
		t.Errorf("got latencies %+v, want those of the last request alone", got.All)
	}
	if s := r.Series(began.Add(5 * time.Second)); s.WarmUpSeconds != 2 || s.Seconds[5].Latency == nil {
		t.Errorf("got %+v, want a warm-up of 2 s whose latency the seconds show", s)
	}
}

func TestScenarios(t *testing.T) {
	r := NewRecorder(Config{Start: began, Planned: constantly(1), Scenarios: []string{"a", "b"}})
	for scenario, took := range []time.Duration{10 * ms, 20 * ms} {
		q := Request{Due: began, Scenario: scenario}
		r.Start(q, began.Add(5*ms))
		r.End(q, request.Success, nil, began.Add(took))
	}
	b := Request{Due: began, Scenario: 1}
	r.Start(b, began.Add(5*ms))
	r.End(b, "status_500", nil, began.Add(40*ms))
	got := r.Summary()
	want := []Scenario{{Name: "a", Requests: 1, Successes: 1}, {Name: "b", Requests: 2, Successes: 1, Errors: 1}}
	if diff := cmp.Diff(want, got.Scenarios, cmpopts.IgnoreFields(Scenario{}, "All")); diff != "" {
		t.Fatalf("scenarios (-want +got):\n%s", diff)
	}
	if a, b := got.Scenarios[0].All, got.Scenarios[1].All; a.Count != 1 || a.Max > 11*ms || b.Count != 2 || b.Min < 19*ms {
		t.Errorf("got latencies %+v and %+v, want one of 10ms, and 20ms with 40ms", a, b)
	}
	if late := got.Late; late.Count != 3 || late.Min < 4*ms || late.Max > 6*ms {
		t.Errorf("got lateness %+v, want 5ms of all three", late)
	}
}

func TestPercentiles(t *testing.T) {
	r := fresh()
	for i := 1; i <= 1000; i++ {
		r.request(0, request.Success, "", time.Duration(i)*ms)
	}
	want := &Latency{
		Count: 1000, Min: ms, Mean: 500500 * time.Microsecond,
		P50: 500 * ms, P90: 900 * ms, P95: 950 * ms, P99: 990 * ms, P999: 999 * ms, Max: 1000 * ms,
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
	r := fresh()
	for _, took := range []time.Duration{-time.Second, 0, 100 * time.Hour} {
		r.request(0, request.Success, "", took)
	}
	if got := r.Summary().All; got.Count != 3 || got.Max < 4*time.Hour {
		t.Errorf("got %+v, want 3 requests, the longest counted as 4h", got)
	}
}

func TestConcurrentUse(t *testing.T) {
	r := fresh()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 500 {
				q := Request{Due: began.Add(time.Duration(i+j) * 10 * ms)}
				r.Start(q, q.Due)
				r.End(q, request.Success, nil, q.Due.Add(ms))
				r.Skip(q, q.Due)
			}
		})
	}
	for i := range 20 {
		now := began.Add(time.Duration(i) * time.Second)
		r.Live(now)
		r.Summary()
		r.Series(now)
	}
	wg.Wait()
	if s := r.Summary(); s.Requests != 8000 || s.Successes != 4000 || r.Live(began).InFlight != 0 {
		t.Errorf("got %d requests, %d successes; want 8000, 4000 and none in flight", s.Requests, s.Successes)
	}
}

func BenchmarkRecorder(b *testing.B) {
	b.ReportAllocs()
	r := NewRecorder(Config{Start: began, Planned: constantly(7)})
	q := Request{Due: began}
	for b.Loop() {
		r.Start(q, q.Due)
		r.End(q, request.Success, nil, q.Due.Add(123*ms))
		q.Due = q.Due.Add(200 * time.Microsecond) // 5,000/s
	}
}
