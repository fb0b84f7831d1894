// Package report shows a load while it runs and sums it up at the end.
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

// RequestRate is how many requests ended per second of Elapsed.
func (r *Report) RequestRate() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(r.Requests) / r.Elapsed.Seconds()
}
