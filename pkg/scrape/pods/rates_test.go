package pods

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
)

// TestRates follows one pod's counter: in each round the gauge says 99, and what is wanted is the rate, or 99 where it stands in.
func TestRates(t *testing.T) {
	start := time.Unix(1_800_000_000, 0)
	r := newRates(15 * time.Second)
	for _, round := range []struct {
		name    string
		uid     types.UID
		at      time.Duration
		counter float64 // negative: the body has none
		want    float64
	}{
		{"first reading: the gauge stands in", "a", 0, 100, 99},
		{"5 users for 1 s", "a", time.Second, 105, 5},
		{"late: 8 users on average for 2.5 s", "a", 3500 * time.Millisecond, 125, 8},
		{"nobody", "a", 4 * time.Second, 125, 0},
		{"not there: the gauge", "a", 5 * time.Second, -1, 99},
		{"there again: since the last reading", "a", 6 * time.Second, 145, 10},
		{"reset: the gauge", "a", 7 * time.Second, 3, 99},
		{"from the reset on", "a", 8 * time.Second, 7, 4},
		{"after more than 15 s: the gauge", "a", 24 * time.Second, 107, 99},
		{"from there on", "a", 25 * time.Second, 108, 1},
		{"the same name, another pod: the gauge", "b", 26 * time.Second, 200, 99},
		{"the first one was forgotten meanwhile", "a", 27 * time.Second, 300, 99},
	} {
		answers := []answer{{
			sample:  sample.Sample{Pod: round.uid, Value: 99, Time: start.Add(round.at)},
			counter: round.counter, hasCounter: round.counter >= 0,
		}}
		r.update([]sample.Pod{{UID: round.uid, Name: "web-0"}}, answers)
		if got := answers[0].sample; got.Value != round.want || !got.Time.Equal(start.Add(round.at)) {
			t.Errorf("%s: got %v at %v, want %v", round.name, got.Value, got.Time, round.want)
		}
	}
}

// TestRatesKeepPodsThatFail: a failed scrape is no reset, so that the next rate is the average over both intervals.
func TestRatesKeepPodsThatFail(t *testing.T) {
	start := time.Unix(1_800_000_000, 0)
	r := newRates(15 * time.Second)
	pod := []sample.Pod{{UID: "a"}}
	read := func(at time.Duration, counter float64) float64 {
		answers := []answer{{sample: sample.Sample{Pod: "a", Value: 99, Time: start.Add(at)}, counter: counter, hasCounter: true}}
		r.update(pod, answers)
		return answers[0].sample.Value
	}
	read(0, 10)
	r.update(pod, []answer{{asked: true, failure: sample.Failure{Pod: "a", Reason: sample.ReasonTimeout}}})
	if got := read(2*time.Second, 20); got != 5 {
		t.Errorf("got %v, want 5", got)
	}
}

// surge is an application with 3 users, and 100 more in the last tenth of each second, which scrapes on the second never see.
type surge struct {
	started time.Time
	text    bool // Prometheus text, not JSON
}

const halfTrip = 100 * time.Millisecond

// RoundTrip answers with what is true in its middle.
func (s surge) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(halfTrip)
	whole, part := math.Modf(time.Since(s.started).Seconds())
	users, integral := 3, 13*whole+3*part
	if part > 0.9 {
		users, integral = 103, integral+100*(part-0.9)
	}
	time.Sleep(halfTrip)
	contentType, format := "application/json", `{"active_users": %d, "user_seconds": %v}`
	if s.text {
		contentType, format = "text/plain", "active_users %d\nuser_seconds %v\n"
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {contentType}}, Request: r,
		Body: io.NopCloser(strings.NewReader(fmt.Sprintf(format, users, integral))),
	}, nil
}

// TestCollectTakesTheExactAverage at uneven times, none of which meets the surge.
func TestCollectTakesTheExactAverage(t *testing.T) {
	for _, text := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			app := surge{time.Now(), text}
			pod := sample.Pod{UID: "a", IP: "10.0.0.1", Running: true, Targets: []sample.Target{{Metric: "m", Scheme: "http", Port: 80, Path: "/"}}}
			s := newSource(t, Config{
				Field: "active_users", Counter: "user_seconds", Series: "active_users", CounterSeries: "user_seconds",
				MaxAge: 10 * time.Second, Timeout: time.Second, Transport: app,
			}, fixed{pod})
			for _, scrape := range []struct {
				at   time.Duration
				want float64
			}{
				{1 * time.Second, 3}, // the gauge
				{2 * time.Second, 13},
				{5 * time.Second, 13},
				{5500 * time.Millisecond, 3}, // there was no surge in the first half of the second
				{6 * time.Second, 23},
				{16 * time.Second, 13},
				{27 * time.Second, 3}, // after more than MaxAge: the gauge
			} {
				at := app.started.Add(scrape.at)
				time.Sleep(time.Until(at) - halfTrip)
				b := s.Collect(t.Context())
				if len(b.Samples) != 1 {
					t.Fatalf("at %v: %+v", scrape.at, b)
				}
				if got := b.Samples[0]; math.Abs(got.Value-scrape.want) > 1e-9 || !got.Time.Equal(at) {
					t.Errorf("at %v: got %v at %v, want %v", scrape.at, got.Value, got.Time.Sub(app.started), scrape.want)
				}
			}
		})
	}
}
