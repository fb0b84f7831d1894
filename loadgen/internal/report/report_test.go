package report

import (
	"bytes"
	"encoding/json"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/loadgen/internal/engine"
	"userscale.dev/userscale/loadgen/internal/options"
	"userscale.dev/userscale/loadgen/internal/request"
	"userscale.dev/userscale/loadgen/internal/stats"
)

const ms = time.Millisecond

func share(scenario options.Scenario, weight float64, text string) options.Share {
	u, err := url.Parse(text)
	if err != nil {
		panic(err)
	}
	return options.Share{Scenario: scenario, Weight: weight, URL: u}
}

func mixed() *Report {
	return &Report{
		Options: options.Options{
			Mix:  options.Mix{share(options.Stream, 1, "http://host/stream?duration_ms=2000"), share(options.GPU, 0.5, "http://host/gpu_job?work_ms=9")},
			Load: "ramp:0..5/10s", Users: 5, Think: engine.Think{Mean: 2 * time.Second, Exponential: true}, Count: 1000,
			Duration: time.Minute, WarmUp: 1500 * ms, Timeout: 32 * time.Second, UserKey: request.HeaderKey, Seed: 7,
		},
		Summary: stats.Summary{
			Requests: 124, Successes: 120, Errors: 3, CutOff: 1, WarmUp: 4, CPU: 250 * ms,
			ErrorsByKind: map[request.Kind]int64{request.Refused: 1, "status_503": 2},
			Examples:     map[request.Kind]string{"status_503": "503 Service Unavailable", request.Refused: "dial: refused"},
			All: &stats.Latency{
				Count: 123, Min: ms / 2, Mean: 2 * time.Second, P50: 2002 * ms, P90: 2010 * ms, P95: 2020 * ms, P99: 2030 * ms,
				P999: 2040 * ms, Max: 2050 * ms,
			},
			Successful: &stats.Latency{
				Count: 120, Min: 2001 * ms, Mean: 2003 * ms, P50: 2002 * ms, P90: 2010 * ms, P95: 2020 * ms, P99: 2030 * ms,
				P999: 2040 * ms, Max: 2050 * ms,
			},
			Scenarios: []stats.Scenario{
				{Name: "stream", Requests: 84, Successes: 81, Errors: 2, CutOff: 1},
				{Name: "gpu", Requests: 40, Successes: 39, Errors: 1, All: &stats.Latency{
					Count: 40, Min: 2001 * ms, Mean: 2003 * ms, P50: 2002 * ms, P90: 2010 * ms, P95: 2020 * ms, P99: 2030 * ms,
					P999: 2040 * ms, Max: 2050 * ms,
				}},
			},
		},
		Series: stats.Series{
			Start: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), WarmUpSeconds: 1.5, Seconds: []stats.Second{{Offered: 124}},
		},
		StartTime:   time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Elapsed:     62 * time.Second,
		Interrupted: true,
		Connections: 122,
	}
}

// refused is an open loop that nobody answered.
func refused() *Report {
	return &Report{
		Options: options.Options{
			Mix:  options.Mix{share(options.GPU, 1, "http://host/gpu_job?work_ms=1000")},
			Open: true, Load: "2.5", InFlight: 100, Users: 1, Poisson: true, Duration: 2 * time.Second,
			Timeout: 31 * time.Second, UserKey: request.NoKey, Seed: 1, KeepAlive: true,
		},
		Summary: stats.Summary{Requests: 5, Errors: 5, ErrorsByKind: map[request.Kind]int64{request.NotSent: 5}},
		Elapsed: 2 * time.Second,
	}
}

func TestWriteText(t *testing.T) {
	tests := []struct {
		report *Report
		want   string
	}{
		{mixed(), `stream  http://host/stream?duration_ms=2000
gpu  http://host/gpu_job?work_ms=9
closed loop: ramp:0..5/10s users for 1m0s, thinking exp:2s, at most 1000 requests, 5 user keys in the header, a new connection per request, seed 7; interrupted after 1m2s

requests     124 in 1m2s, 2.0/s
successes    120
errors       3
  status_503   2  (first: 503 Service Unavailable)
  refused      1  (first: dial: refused)
cut off      1
connections  122
own CPU      250ms, 0.4 % of a core

without the 4 requests of the warm-up, 1.5s:
       latency  count    min  mean  p50    p90    p95    p99  p99.9    max
           all    123  500µs    2s   2s  2.01s  2.02s  2.03s  2.04s  2.05s
     successes    120     2s    2s   2s  2.01s  2.02s  2.03s  2.04s  2.05s
        stream      0      -     -    -      -      -      -      -      -
           gpu     40     2s    2s   2s  2.01s  2.02s  2.03s  2.04s  2.05s
  sent late by      0      -     -    -      -      -      -      -      -
`},
		{refused(), `gpu  http://host/gpu_job?work_ms=1000
open loop: 2.5/s for 2s, poisson, at most 100 in flight, connections reused, seed 1

requests     5 in 2s, 2.5/s
successes    0
errors       5
  not_sent     5
cut off      0
connections  0
own CPU      0s, 0.0 % of a core

       latency  count  min  mean  p50  p90  p95  p99  p99.9  max
           all      0    -     -    -    -    -    -      -    -
     successes      0    -     -    -    -    -    -      -    -
  sent late by      0    -     -    -    -    -    -      -    -
`},
	}
	for _, test := range tests {
		var got bytes.Buffer
		if err := test.report.Result().WriteText(&got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got.String()); diff != "" {
			t.Errorf("text (-want +got):\n%s", diff)
		}
	}
}

func TestWriteJSON(t *testing.T) {
	percentiles := func(count, least, mean float64) map[string]any {
		return map[string]any{
			"count": count, "min": least, "mean": mean, "p50": 2.002, "p90": 2.01, "p95": 2.02, "p99": 2.03, "p999": 2.04, "max": 2.05,
		}
	}
	tests := []struct {
		report *Report
		want   map[string]any
	}{
		{mixed(), map[string]any{
			"scenario": "stream=1,gpu=0.5", "loop": "closed", "load": "ramp:0..5/10s", "users": 5.0, "think": "exp:2s", "maxRequests": 1000.0,
			"userKey": "header", "seed": 7.0, "durationSeconds": 60.0, "warmUpSeconds": 1.5,
			"scenarios": []any{
				map[string]any{
					"name": "stream", "weight": 1.0, "url": "http://host/stream?duration_ms=2000",
					"requests": 84.0, "successes": 81.0, "errors": 2.0, "cutOff": 1.0,
				},
				map[string]any{
					"name": "gpu", "weight": 0.5, "url": "http://host/gpu_job?work_ms=9",
					"requests": 40.0, "successes": 39.0, "errors": 1.0, "cutOff": 0.0, "latencySeconds": percentiles(40, 2.001, 2.003),
				},
			},
			"timeoutSeconds": 32.0, "keepAlive": false, "startTime": "2026-01-02T03:04:05Z",
			"elapsedSeconds": 62.0, "interrupted": true, "requests": 124.0, "successes": 120.0, "errors": 3.0, "cutOff": 1.0,
			"connections": 122.0, "ratePerSecond": 2.0, "warmUpRequests": 4.0, "cpuSeconds": 0.25,
			"series": map[string]any{
				"startTime": "2026-01-02T03:04:05Z", "warmUpSeconds": 1.5, "seconds": []any{map[string]any{
					"planned": 0.0, "offered": 124.0, "started": 0.0, "ended": 0.0, "successes": 0.0, "cutOff": 0.0, "inFlight": 0.0,
					"cpuSeconds": 0.0,
				}},
			},
			"errorsByKind":   map[string]any{"refused": 1.0, "status_503": 2.0},
			"errorExamples":  map[string]any{"refused": "dial: refused", "status_503": "503 Service Unavailable"},
			"latencySeconds": map[string]any{"all": percentiles(123, 0.0005, 2), "successes": percentiles(120, 2.001, 2.003)},
		}},
		{refused(), map[string]any{
			"scenario": "gpu", "url": "http://host/gpu_job?work_ms=1000", "loop": "open", "load": "2.5", "arrivals": "poisson",
			"maxInFlight": 100.0, "users": 1.0, "userKey": "none", "seed": 1.0, "durationSeconds": 2.0, "warmUpSeconds": 0.0, "timeoutSeconds": 31.0, "keepAlive": true,
			"startTime": "0001-01-01T00:00:00Z", "elapsedSeconds": 2.0, "interrupted": false, "requests": 5.0, "successes": 0.0,
			"errors": 5.0, "cutOff": 0.0, "connections": 0.0, "ratePerSecond": 2.5, "warmUpRequests": 0.0, "cpuSeconds": 0.0,
			"series":         map[string]any{"startTime": "0001-01-01T00:00:00Z", "warmUpSeconds": 0.0, "seconds": nil},
			"errorsByKind":   map[string]any{"not_sent": 5.0},
			"latencySeconds": map[string]any{}, // nothing was measured: absent, not 0
		}},
	}
	for _, test := range tests {
		var out bytes.Buffer
		if err := test.report.Result().WriteJSON(&out); err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("JSON (-want +got):\n%s", diff)
		}
	}
}

func TestRound(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 999: "999ns", 1234: "1.23µs", 991606 * time.Microsecond: "992ms", 61234 * ms: "1m1.2s", 2009 * ms: "2.01s",
	} {
		if got := round(d); got != want {
			t.Errorf("%d: got %s, want %s", d, got, want)
		}
	}
}
