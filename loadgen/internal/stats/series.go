package stats

import (
	"time"

	"userscale.dev/userscale/loadgen/internal/request"
)

// Series is a run second by second. It is a plain value: JSON carries all of it, there and back.
type Series struct {
	Start         time.Time `json:"startTime"`     // when second 0 began
	WarmUpSeconds float64   `json:"warmUpSeconds"` // what was due before this offset is not in the summary's latencies; 0: no warm-up
	Seconds       []Second  `json:"seconds"`       // the last one may have been shorter: the run ended in it
}

// Second is what happened in one second of the run. Second i lasts from Start + i s to Start + (i+1) s. Sums over a whole run, once
// nothing is in flight: Offered = Started + Errors[not_sent]; Started = Ended = Successes + CutOff + the other Errors.
type Second struct {
	Planned   float64                `json:"planned"`   // the profile's mean over it: users, or arrivals per second; 0 after the load's end
	Offered   int64                  `json:"offered"`   // requests due in it, whenever they started, if ever
	Started   int64                  `json:"started"`   // requests started in it, whenever they were due
	Ended     int64                  `json:"ended"`     // started ones that ended in it, in whatever way
	Successes int64                  `json:"successes"` // of those
	CutOff    int64                  `json:"cutOff"`    // of those: by the user, at the run's end
	Errors    map[request.Kind]int64 `json:"errors,omitempty"`
	InFlight  int64                  `json:"inFlight"`                 // at its end
	Latency   *Quantiles             `json:"latencySeconds,omitempty"` // of what ended in it and was not cut off, warm-up or not; absent if nothing did
	CPU       float64                `json:"cpuSeconds"`               // CPU time of the load generator itself, of all cores, as seen from the first event after it
}

// Quantiles are latencies in seconds, from when requests were due to the last byte of their answers.
type Quantiles struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
}

// Series returns the seconds up to now; the last one is the one that now lies in.
func (r *Recorder) Series(now time.Time) Series {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Series{Start: r.config.Start, WarmUpSeconds: r.config.WarmUp.Seconds(), Seconds: r.seconds.upTo(now, r.inFlight)}
}
