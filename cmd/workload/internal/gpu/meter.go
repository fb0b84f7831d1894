package gpu

import "time"

// utilizationWindow is what utilisation looks back on: the longest sample period of NVML, from which DCGM's GPU_UTIL comes.
const utilizationWindow = time.Second

// meter measures how much of the time the GPU is busy. Its owner guards it.
type meter struct {
	total   time.Duration // busy time of all finished slices
	recent  []span        // finished slices that reach into the window, oldest first
	running time.Time     // start of the slice in progress; zero if there is none
}

type span struct{ start, end time.Time }

func (m *meter) start(now time.Time) {
	m.running = now
}

// stop ends the slice in progress. The GPU was busy with it for that long: less than since the start, as it had to begin, or more, if
// we were late to learn of the end of the one before.
func (m *meter) stop(now time.Time, busy time.Duration) {
	m.total += busy
	m.recent = append(m.recent, span{now.Add(-busy), now})
	m.running = time.Time{}

	from, gone := now.Add(-utilizationWindow), 0
	for m.recent[gone].end.Before(from) {
		gone++
	}
	m.recent = append(m.recent[:0], m.recent[gone:]...)
}

// busy is the GPU time of all finished slices, so that it never falls: only the device knows how much of a slice is GPU time.
func (m *meter) busy() time.Duration {
	return m.total
}

// utilization is the busy share of the window that ends now, 0 to 1.
func (m *meter) utilization(now time.Time) float64 {
	from := now.Add(-utilizationWindow)
	var busy time.Duration
	for _, s := range m.recent {
		busy += overlap(s, from)
	}
	if !m.running.IsZero() {
		busy += overlap(span{m.running, now}, from)
	}
	return min(busy.Seconds()/utilizationWindow.Seconds(), 1) // spans overlap a little where we were late
}

// overlap is how much of the span lies after from.
func overlap(s span, from time.Time) time.Duration {
	if s.start.Before(from) {
		s.start = from
	}
	return max(s.end.Sub(s.start), 0)
}
