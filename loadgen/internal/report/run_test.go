package report

import (
	"time"

	"userscale.dev/userscale/loadgen/internal/request"
	"userscale.dev/userscale/loadgen/internal/stats"
)

// threeSeconds is a run of 2.5 s: all well, then nobody answers, then half a second.
func threeSeconds() *Result {
	quantiles := func(p50, p95, p99 float64) *stats.Quantiles { return &stats.Quantiles{P50: p50, P95: p95, P99: p99} }
	return &Result{
		Asked: Asked{
			Scenario: "stream", URL: "http://host/stream?duration_ms=100", Loop: openLoop, Load: "10", Arrivals: "even", InFlight: 50,
			Users: 1, UserKey: request.NoKey, Seed: 1, DurationSeconds: 2.5, TimeoutSeconds: 30,
		},
		StartTime: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), ElapsedSeconds: 2.5,
		Requests: 25, Successes: 14, Errors: 11, Connections: 20, Rate: 10, CPUSeconds: 0.06,
		ErrorsByKind:  map[request.Kind]int64{request.Timeout: 9, "status_503": 2},
		ErrorExamples: map[request.Kind]string{"status_503": "503 Service Unavailable"},
		Latency: Latencies{
			All:       &Latency{Count: 25, Min: 0.1, Mean: 0.2, P50: 0.1, P90: 0.2, P95: 0.3, P99: 0.4, P999: 0.5, Max: 0.6},
			Successes: &Latency{Count: 14, Min: 0.1, Mean: 0.1, P50: 0.1, P90: 0.1, P95: 0.1, P99: 0.1, P999: 0.1, Max: 0.1},
		},
		Series: stats.Series{Start: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Seconds: []stats.Second{
			{Planned: 10, Offered: 10, Started: 10, Ended: 9, Successes: 9, InFlight: 1, Latency: quantiles(0.1, 0.2, 0.3), CPU: 0.03},
			{Planned: 10, Offered: 10, Started: 10, InFlight: 11, CPU: 0.01},
			{Planned: 5, Offered: 5, Started: 5, Ended: 16, Successes: 5, Latency: quantiles(0, 0.5, 0.6), CPU: 0.02,
				Errors: map[request.Kind]int64{request.Timeout: 9, "status_503": 2}},
		}},
	}
}
