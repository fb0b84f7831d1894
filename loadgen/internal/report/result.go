package report

import (
	"encoding/json"
	"io"
	"time"

	"userscale.dev/userscale/loadgen/internal/request"
	"userscale.dev/userscale/loadgen/internal/stats"
)

// Result is the form of --json. Times are seconds; a field that does not apply is absent, never 0.
type Result struct {
	Asked
	StartTime      time.Time               `json:"startTime"`
	ElapsedSeconds float64                 `json:"elapsedSeconds"`
	Interrupted    bool                    `json:"interrupted"`
	Requests       int64                   `json:"requests"`
	Successes      int64                   `json:"successes"`
	Errors         int64                   `json:"errors"`
	CutOff         int64                   `json:"cutOff"`
	Connections    int64                   `json:"connections"`
	Rate           float64                 `json:"ratePerSecond"`
	ErrorsByKind   map[request.Kind]int64  `json:"errorsByKind"`
	ErrorExamples  map[request.Kind]string `json:"errorExamples,omitempty"`
	CPUSeconds     float64                 `json:"cpuSeconds"` // used by the load generator itself, on all cores
	WarmUp         int64                   `json:"warmUpRequests"`
	Latency        Latencies               `json:"latencySeconds"`
	Scenarios      []Scenario              `json:"scenarios,omitempty"` // if there are several
	Series         stats.Series            `json:"series"`
}

// Asked is what was asked for. Runs that differ in it are told apart when they are compared.
type Asked struct {
	Scenario        string          `json:"scenario"`      // or several, with their weights
	URL             string          `json:"url,omitempty"` // absent: several, see scenarios
	Loop            string          `json:"loop"`          // open or closed
	Load            string          `json:"load"`          // the profile, in words: arrivals per second, or users
	Arrivals        string          `json:"arrivals,omitempty"`
	Users           int             `json:"users"` // closed loop: the most there ever are; open loop: whose requests arrive
	InFlight        int             `json:"maxInFlight,omitempty"`
	Think           string          `json:"think,omitempty"`
	UserKey         request.UserKey `json:"userKey"`
	Seed            uint64          `json:"seed"`
	Count           int64           `json:"maxRequests,omitempty"`
	DurationSeconds float64         `json:"durationSeconds"`
	WarmUpSeconds   float64         `json:"warmUpSeconds"`
	TimeoutSeconds  float64         `json:"timeoutSeconds"`
	KeepAlive       bool            `json:"keepAlive"`
}

// The names of loops.
const (
	openLoop   = "open"
	closedLoop = "closed"
)

// open tells whether requests arrived whether or not answers came.
func (a *Asked) open() bool { return a.Loop == openLoop }

// Scenario is one of several, and its part of the run.
type Scenario struct {
	Name      string   `json:"name"`
	Weight    float64  `json:"weight"`
	URL       string   `json:"url"`
	Requests  int64    `json:"requests"`
	Successes int64    `json:"successes"`
	Errors    int64    `json:"errors"`
	CutOff    int64    `json:"cutOff"`
	Latency   *Latency `json:"latencySeconds,omitempty"` // of every request that was sent and not cut off
}

// Latencies are absent where there was no request.
type Latencies struct {
	All       *Latency `json:"all,omitempty"`       // of every request that was due after the warm-up, sent and not cut off
	Successes *Latency `json:"successes,omitempty"` // of the successes among them
	Late      *Latency `json:"late,omitempty"`      // how much later than due they were sent; part of the others
}

// Latency is in seconds, from when requests were due to the last byte of their answers.
type Latency struct {
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

// quantiles are the latency's figures in the order of the texts' columns.
func (l *Latency) quantiles() []float64 {
	return []float64{l.Min, l.Mean, l.P50, l.P90, l.P95, l.P99, l.P999, l.Max}
}

// quantileNames name them.
var quantileNames = []string{"min", "mean", "p50", "p90", "p95", "p99", "p99.9", "max"}

// WriteJSON writes the result for programs. [Read] reads it back.
func (r *Result) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}
