package stats

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Histograms count microseconds to three significant digits, up to more than a request can take; longer ones count as this.
const (
	maxMicros = int64(4 * time.Hour / time.Microsecond)
	digits    = 3
)

// Latency says how long requests took: from when they were due to the last byte of the answer.
type Latency struct {
	Count                                    int64
	Min, Mean, P50, P90, P95, P99, P999, Max time.Duration
}

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, maxMicros, digits) }

// record adds d to h; the clamped value always fits, so there is no error to handle.
func record(h *hdrhistogram.Histogram, d time.Duration) {
	_ = h.RecordValue(min(max(d.Microseconds(), 0), maxMicros))
}

// latencyOf reads h; nil if it is empty, since no request is not the same as fast ones.
func latencyOf(h *hdrhistogram.Histogram) *Latency {
	if h.TotalCount() == 0 {
		return nil
	}
	at := func(percentile float64) time.Duration { return micros(h.ValueAtPercentile(percentile)) }
	return &Latency{
		Count: h.TotalCount(),
		Min:   micros(h.Min()),
		Mean:  time.Duration(h.Mean() * float64(time.Microsecond)),
		P50:   at(50), P90: at(90), P95: at(95), P99: at(99), P999: at(99.9),
		Max: micros(h.Max()),
	}
}

func micros(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
