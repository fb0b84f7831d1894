package report

import (
	"encoding/json"
	"io"
	"time"

	"userscale.dev/userscale/loadgen/internal/request"
	"userscale.dev/userscale/loadgen/internal/stats"
)

// document is the form of --json. Times are seconds; a field that does not apply is absent, never 0.
type document struct {
	Scenario        string                  `json:"scenario"`      // or several, with their weights
	URL             string                  `json:"url,omitempty"` // absent: several, see scenarios
	Loop            string                  `json:"loop"`          // open or closed
	Load            string                  `json:"load"`          // the profile, in words: arrivals per second, or users
	Arrivals        string                  `json:"arrivals,omitempty"`
	Users           int                     `json:"users"` // closed loop: the most there ever are; open loop: whose requests arrive
	InFlight        int                     `json:"maxInFlight,omitempty"`
	Think           string                  `json:"think,omitempty"`
	UserKey         request.UserKey         `json:"userKey"`
	Seed            uint64                  `json:"seed"`
	Count           int64                   `json:"maxRequests,omitempty"`
	DurationSeconds float64                 `json:"durationSeconds"`
	WarmUpSeconds   float64                 `json:"warmUpSeconds"`
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
	Scenarios       []scenario              `json:"scenarios,omitempty"` // if there are several
	Series          stats.Series            `json:"series"`
}

type scenario struct {
	Name      string       `json:"name"`
	Weight    float64      `json:"weight"`
	URL       string       `json:"url"`
	Requests  int64        `json:"requests"`
	Successes int64        `json:"successes"`
	Errors    int64        `json:"errors"`
	CutOff    int64        `json:"cutOff"`
	Latency   *percentiles `json:"latencySeconds,omitempty"` // of every request that was sent and not cut off
}

type latencies struct {
	All       *percentiles `json:"all,omitempty"`       // of every request that was sent and not cut off
	Successes *percentiles `json:"successes,omitempty"` // of the successes
	Late      *percentiles `json:"late,omitempty"`      // how much later than due they were sent; part of the others
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
		Scenario:        r.Mix.String(),
		URL:             r.url(),
		Loop:            r.loopName(),
		Load:            r.Load,
		Arrivals:        r.arrivals(),
		Users:           r.Users,
		InFlight:        r.InFlight,
		Think:           r.think(),
		UserKey:         r.UserKey,
		Seed:            r.Seed,
		Count:           r.Count,
		DurationSeconds: r.Duration.Seconds(),
		WarmUpSeconds:   r.Options.WarmUp.Seconds(),
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
		WarmUp:          r.Summary.WarmUp,
		Scenarios:       r.scenarios(),
		Series:          r.Series,
		Latency:         latencies{All: inSeconds(r.All), Successes: inSeconds(r.Successful), Late: inSeconds(r.Late)},
	})
}

func (r *Report) scenarios() []scenario {
	var all []scenario
	for i, s := range r.Scenarios {
		all = append(all, scenario{
			Name: s.Name, Weight: r.Mix[i].Weight, URL: r.Mix[i].URL.String(),
			Requests: s.Requests, Successes: s.Successes, Errors: s.Errors, CutOff: s.CutOff, Latency: inSeconds(s.All),
		})
	}
	return all
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
