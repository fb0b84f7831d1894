// Package latency keeps the recent latencies of one endpoint and answers with their percentiles.
package latency

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

const (
	// sectionLength and sections bound what is remembered: values are forgotten 45 to 60 seconds after they came.
	sectionLength = 15 * time.Second
	sections      = 4

	// longest is the largest latency told apart; longer ones count as this.
	longest = time.Hour
	// digits is the precision: two significant digits keep a histogram in 30 kB and its values within 1 %.
	digits = 2
)

// Summary describes the latencies of the window in milliseconds: the mean is exact, the others are within 1 %.
type Summary struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P95  float64 `json:"p95"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
}

// Window remembers the latencies of the last 45 to 60 seconds. It is safe for concurrent use; NewWindow makes one.
type Window struct {
	mu      sync.Mutex // guards all below
	parts   [sections]*hdrhistogram.Histogram
	totals  [sections]time.Duration // of each part, for the mean: the histogram's own takes a walk through all of it
	current int                     // index of the section being filled
	end     time.Time               // when the current section is full
	sum     *hdrhistogram.Histogram // all parts together, kept along so that a reading merges nothing
}

// NewWindow returns an empty window that starts now.
func NewWindow() *Window {
	w := &Window{end: time.Now().Add(sectionLength), sum: newHistogram()}
	for i := range w.parts {
		w.parts[i] = newHistogram()
	}
	return w
}

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, longest.Microseconds(), digits)
}

// Record adds a latency that was measured now.
func (w *Window) Record(d time.Duration) {
	us := min(max(d, 0), longest).Microseconds()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rotateLocked(time.Now())
	// The only error is a value out of range, which the clamp above excludes.
	_ = w.parts[w.current].RecordValue(us)
	_ = w.sum.RecordValue(us)
	w.totals[w.current] += time.Duration(us) * time.Microsecond
}

// Summary describes the window; it is nil if nothing was recorded in it.
func (w *Window) Summary() *Summary {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rotateLocked(time.Now())
	if w.sum.TotalCount() == 0 {
		return nil
	}
	var total time.Duration
	for _, t := range w.totals {
		total += t
	}
	p := w.sum.ValueAtPercentilesSlice([]float64{50, 95, 99, 100})
	return &Summary{
		Mean: float64(total.Microseconds()) / 1000 / float64(w.sum.TotalCount()),
		P50:  float64(p[0]) / 1000,
		P95:  float64(p[1]) / 1000,
		P99:  float64(p[2]) / 1000,
		Max:  float64(p[3]) / 1000,
	}
}

// rotateLocked forgets the sections that have left the window.
func (w *Window) rotateLocked(now time.Time) {
	if now.Before(w.end) {
		return
	}
	passed := int(now.Sub(w.end)/sectionLength) + 1
	w.end = w.end.Add(time.Duration(passed) * sectionLength)
	for range min(passed, sections) {
		w.current = (w.current + 1) % sections
		w.parts[w.current].Reset()
		w.totals[w.current] = 0
	}
	w.sum.Reset()
	for _, part := range w.parts {
		w.sum.Merge(part)
	}
}
