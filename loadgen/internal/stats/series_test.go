package stats

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"userscale.dev/userscale/loadgen/internal/request"
)

// busy counts what happens in four seconds and a half, one of them idle, by a process that uses 1 ms of CPU between two looks at it.
func busy() *Recorder {
	var used time.Duration
	cpu := func() time.Duration { used += ms; return used }
	planned := func(from, to time.Duration) float64 { return 10 * (from + to).Seconds() / 2 } // the mean of a ramp, 10/s more each second
	r := newRecorder(Config{Start: began, WarmUp: 1500 * ms, Planned: planned}, cpu)
	at := began.Add
	r.request(0, request.Success, "", 250*ms)
	r.Start(Request{Due: at(900 * ms)}, at(1100*ms)) // due in one second, started in the next, ended after the idle one
	r.request(1200*ms, "status_503", "busy", 100*ms)
	r.Skip(Request{Due: at(800 * ms)}, at(1900*ms))
	r.End(Request{Due: at(900 * ms)}, request.Success, nil, at(3900*ms))
	r.Start(Request{Due: at(3950 * ms)}, at(3950*ms))
	r.End(Request{Due: at(3950 * ms)}, request.CutOff, errors.New("bye"), at(4250*ms))
	return r
}

func TestSeries(t *testing.T) {
	got := busy().Series(began.Add(4500 * ms))
	want := Series{
		Start: began, WarmUpSeconds: 1.5,
		Seconds: []Second{
			{Planned: 5, Offered: 3, Started: 1, Ended: 1, Successes: 1, Latency: &Quantiles{0.25, 0.25, 0.25}, CPU: 0.001},
			{
				Planned: 15, Offered: 1, Started: 2, Ended: 1, InFlight: 1, Latency: &Quantiles{0.1, 0.1, 0.1}, CPU: 0.001,
				Errors: map[request.Kind]int64{"status_503": 1, request.NotSent: 1},
			},
			{Planned: 25, InFlight: 1}, // nobody looked while it was: its CPU time counts in the one before
			{Planned: 35, Offered: 1, Started: 1, Ended: 1, Successes: 1, InFlight: 1, Latency: &Quantiles{3, 3, 3}, CPU: 0.001},
			{Planned: 45, Ended: 1, CutOff: 1, CPU: 0.001},
		},
	}
	within := cmp.Comparer(func(a, b float64) bool { return a-b < 0.001*b+1e-9 && b-a < 0.001*b+1e-9 })
	if diff := cmp.Diff(want, got, within); diff != "" {
		t.Errorf("series (-want +got):\n%s", diff)
	}
}

func TestSeriesIsAPlainValue(t *testing.T) {
	r := busy()
	want := r.Series(began.Add(4500 * ms))
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Series
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("JSON there and back (-want +got):\n%s", diff)
	}
}

func TestSeriesStaysAsItWasHandedOut(t *testing.T) {
	r := fresh()
	r.request(0, "status_503", "busy", 0)
	first := r.Series(began)
	r.request(0, "status_503", "busy", 0)
	if got := first.Seconds[0]; got.Offered != 1 || got.Errors["status_503"] != 1 {
		t.Errorf("got %+v, want the one request that there was", got)
	}
}

// Whatever happens, in whatever order, every request is in the sums once.
func TestSeriesLosesNothing(t *testing.T) {
	kinds := []request.Kind{request.Success, request.CutOff, request.Timeout, request.Reset, "status_500"}
	rapid.Check(t, func(t *rapid.T) {
		r := NewRecorder(Config{Start: began, WarmUp: 9 * time.Second, Planned: constantly(7), Scenarios: []string{"a", "b"}})
		var now time.Duration
		var open []Request
		for range rapid.IntRange(0, 60).Draw(t, "events") {
			now += time.Duration(rapid.Int64Range(0, int64(3*time.Second)).Draw(t, "later"))
			seen := began.Add(now - time.Duration(rapid.Int64Range(0, int64(ms)).Draw(t, "out of order")))
			q := Request{
				Due:      seen.Add(-time.Duration(rapid.Int64Range(0, int64(2*time.Second)).Draw(t, "late"))),
				Scenario: rapid.IntRange(0, 1).Draw(t, "scenario"),
			}
			switch rapid.IntRange(0, 3).Draw(t, "event") {
			case 0, 1:
				r.Start(q, seen)
				open = append(open, q)
			case 2:
				r.Skip(q, seen)
			case 3:
				if len(open) > 0 {
					r.End(open[0], rapid.SampledFrom(kinds).Draw(t, "kind"), nil, seen)
					open = open[1:]
				}
			}
		}
		end := began.Add(now)
		inFlight := int64(len(open))
		checkSums(t, r.Series(end), r.Summary(), inFlight)
		for _, q := range open {
			r.End(q, request.CutOff, nil, end)
		}
		checkSums(t, r.Series(end), r.Summary(), 0)
	})
}

func checkSums(t *rapid.T, series Series, total Summary, inFlight int64) {
	var sum Second
	errs := int64(0)
	for _, s := range series.Seconds {
		sum.Offered += s.Offered
		sum.Started += s.Started
		sum.Ended += s.Ended
		sum.Successes += s.Successes
		sum.CutOff += s.CutOff
		for kind, n := range s.Errors {
			errs += n
			if kind == request.NotSent {
				sum.Offered -= n // left are those that started
			}
		}
		if sum.Started-sum.Ended != s.InFlight {
			t.Errorf("%d in flight, but %d started and %d ended", s.InFlight, sum.Started, sum.Ended)
		}
	}
	notSent := total.ErrorsByKind[request.NotSent]
	if sum.Offered != sum.Started || sum.Started-sum.Ended != inFlight || sum.Ended != sum.Successes+sum.CutOff+errs-notSent {
		t.Errorf("sums are %+v with %d errors, %d of them not sent, and %d in flight", sum, errs, notSent, inFlight)
	}
	if total.Successes != sum.Successes || total.Errors != errs || total.CutOff != sum.CutOff ||
		total.Requests != sum.Ended+notSent {
		t.Errorf("the summary is %+v, the sums are %+v with %d errors", total, sum, errs)
	}
	for _, s := range total.Scenarios {
		if s.Requests != s.Successes+s.Errors+s.CutOff {
			t.Errorf("scenario %+v does not add up", s)
		}
		total.Requests -= s.Requests
		total.Successes -= s.Successes
		total.CutOff -= s.CutOff
	}
	if len(total.Scenarios) != 2 || total.Requests != 0 || total.Successes != 0 || total.CutOff != 0 {
		t.Errorf("the scenarios %+v leave %+v", total.Scenarios, total)
	}
}
