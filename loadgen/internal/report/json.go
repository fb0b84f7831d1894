package report

import (
	"encoding/json"
	"io"
	"time"

	"userscale.dev/userscale/loadgen/internal/options"
	"userscale.dev/userscale/loadgen/internal/request"
	"userscale.dev/userscale/loadgen/internal/stats"
)

// document is the form of --json. Times are seconds; a field that does not apply is absent, never 0.
type document struct {
	Scenario        options.Scenario        `json:"scenario"`
	URL             string                  `json:"url"`
	Concurrency     int                     `json:"concurrency"`
	TargetRate      float64                 `json:"targetRatePerSecond,omitempty"` // absent: closed loop
	DurationSeconds float64                 `json:"durationSeconds"`
	RampSeconds     float64                 `json:"rampSeconds"`
	TimeoutSeconds  float64                 `json:"timeoutSeconds"`
	KeepAlive       bool                    `json:"keepAlive"`
	StartTime       time.Time               `json:"startTime"`
	ElapsedSeconds  float64                 `json:"elapsedSeconds"`
	Interrupted     bool                    `json:"interrupted"`
	Requests        int64                   `json:"requests"`
	Successes       int64                   `json:"successes"`
	Errors          int64                   `json:"errors"`
	CutOff          int64                   `json:"cutOff"`
	Connections     int64                   `json:"connections"`
	Rate            float64                 `json:"ratePerSecond"`
	ErrorsByKind    map[request.Kind]int64  `json:"errorsByKind"`
	ErrorExamples   map[request.Kind]string `json:"errorExamples,omitempty"`
	CPUSeconds      float64                 `json:"cpuSeconds"` // used by the load generator itself, on all cores
	Latency         latencies               `json:"latencySeconds"`
	WarmUp          int64                   `json:"warmUpRequests"`
	Series          stats.Series            `json:"series"`
}

type latencies struct {
	All       *percentiles `json:"all,omitempty"`       // of every request that was sent and not cut off
	Successes *percentiles `json:"successes,omitempty"` // of the successes
}

type percentiles struct {
	Count int64   `json:"count"`
	Min   float64 `json:"min"`
	Mean  float64 `json:"mean"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P95   float64 `json:"p95"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p999"`
	Max   float64 `json:"max"`
}

// WriteJSON writes the report for programs.
func (r *Report) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document{
		Scenario:        r.Scenario,
		URL:             r.URL,
		Concurrency:     r.Concurrency,
		TargetRate:      r.Rate,
		DurationSeconds: r.Duration.Seconds(),
		RampSeconds:     r.Ramp.Seconds(),
		TimeoutSeconds:  r.Timeout.Seconds(),
		KeepAlive:       r.KeepAlive,
		StartTime:       r.StartTime.UTC(),
		ElapsedSeconds:  r.Elapsed.Seconds(),
		Interrupted:     r.Interrupted,
		Requests:        r.Requests,
		Successes:       r.Successes,
		Errors:          r.Errors,
		CutOff:          r.CutOff,
		Connections:     r.Connections,
		Rate:            r.RequestRate(),
		ErrorsByKind:    r.ErrorsByKind,
		ErrorExamples:   r.Examples,
		CPUSeconds:      r.CPU.Seconds(),
		WarmUp:          r.WarmUp,
		Series:          r.Series,
		Latency:         latencies{All: inSeconds(r.All), Successes: inSeconds(r.Successful)},
	})
}

func inSeconds(l *stats.Latency) *percentiles {
	if l == nil {
		return nil
	}
	return &percentiles{
		Count: l.Count,
		Min:   l.Min.Seconds(),
		Mean:  l.Mean.Seconds(),
		P50:   l.P50.Seconds(),
		P90:   l.P90.Seconds(),
		P95:   l.P95.Seconds(),
		P99:   l.P99.Seconds(),
		P999:  l.P999.Seconds(),
		Max:   l.Max.Seconds(),
	}
}
