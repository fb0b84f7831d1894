package stats

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// RecentTicks is how many ticks, a second each, the live numbers look back.
const RecentTicks = 5

// Live is how things go right now.
type Live struct {
	InFlight int64
	Errors   int64    // since the start
	Rate     float64  // requests that ended per second, in the last RecentTicks seconds
	Recent   *Latency // of those; nil if none ended
}

// Tick must be called once a second; it returns the live numbers and moves the window on by that second.
func (r *Recorder) Tick() Live {
	r.mu.Lock()
	defer r.mu.Unlock()
	live := Live{InFlight: r.inFlight, Errors: r.errorsLocked()}
	live.Recent, live.Rate = r.recent.tick()
	return live
}

// window keeps the latencies of the last RecentTicks seconds.
type window struct {
	histograms *hdrhistogram.WindowedHistogram
	ticks      int
}

func newWindow() *window {
	return &window{histograms: hdrhistogram.NewWindowed(RecentTicks, 1, maxMicros, digits)}
}

func (w *window) record(d time.Duration) { record(w.histograms.Current, d) }

func (w *window) tick() (*Latency, float64) {
	w.ticks++
	merged := w.histograms.Merge()
	rate := float64(merged.TotalCount()) / float64(min(w.ticks, RecentTicks))
	latency := latencyOf(merged)
	w.histograms.Rotate()
	return latency, rate
}
