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

func (m *meter) stop(now time.Time) {
	m.total += now.Sub(m.running)
	m.recent = append(m.recent, span{m.running, now})
	m.running = time.Time{}

	from, gone := now.Add(-utilizationWindow), 0
	for m.recent[gone].end.Before(from) {
		gone++
	}
	m.recent = append(m.recent[:0], m.recent[gone:]...)
}

// busy is the time since the start during which the GPU was busy.
func (m *meter) busy(now time.Time) time.Duration {
	if m.running.IsZero() {
		return m.total
	}
	return m.total + now.Sub(m.running)
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
	return busy.Seconds() / utilizationWindow.Seconds()
}

// overlap is how much of the span lies after from.
func overlap(s span, from time.Time) time.Duration {
	if s.start.Before(from) {
		s.start = from
	}
	return max(s.end.Sub(s.start), 0)
}
