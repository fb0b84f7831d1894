// Package report shows a load while it runs, and what came of it: as text, JSON, CSV and a picture, right after the run or from its
// stored JSON, and two runs side by side.
package report

import (
	"time"

	"userscale.dev/userscale/loadgen/internal/options"
	"userscale.dev/userscale/loadgen/internal/stats"
)

// Report is what was run and what came of it.
type Report struct {
	options.Options
	stats.Summary
	StartTime   time.Time
	Elapsed     time.Duration // from the start to the end of the last request
	Interrupted bool          // ended by the user before its time
	Series      stats.Series  // the run second by second
	Connections int64         // opened, whether or not their requests succeeded
}

// Result is the report in the form that is stored.
func (r *Report) Result() *Result {
	return &Result{
		Asked: Asked{
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
		},
		StartTime:      r.StartTime.UTC(),
		ElapsedSeconds: r.Elapsed.Seconds(),
		Interrupted:    r.Interrupted,
		Requests:       r.Requests,
		Successes:      r.Successes,
		Errors:         r.Errors,
		CutOff:         r.CutOff,
		Connections:    r.Connections,
		Rate:           r.rate(),
		ErrorsByKind:   r.ErrorsByKind,
		ErrorExamples:  r.Examples,
		CPUSeconds:     r.CPU.Seconds(),
		WarmUp:         r.Summary.WarmUp,
		Latency:        Latencies{All: inSeconds(r.All), Successes: inSeconds(r.Successful), Late: inSeconds(r.Late)},
		Scenarios:      r.scenarios(),
		Series:         r.Series,
	}
}

// rate is how many requests ended per second of Elapsed.
func (r *Report) rate() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(r.Requests) / r.Elapsed.Seconds()
}

func (r *Report) scenarios() []Scenario {
	var all []Scenario
	for i, s := range r.Scenarios {
		all = append(all, Scenario{
			Name: s.Name, Weight: r.Mix[i].Weight, URL: r.Mix[i].URL.String(),
			Requests: s.Requests, Successes: s.Successes, Errors: s.Errors, CutOff: s.CutOff, Latency: inSeconds(s.All),
		})
	}
	return all
}

func inSeconds(l *stats.Latency) *Latency {
	if l == nil {
		return nil
	}
	return &Latency{
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
