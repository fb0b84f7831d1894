package simulate

import (
	"math"
	"time"

	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/recording"
	"userscale.dev/userscale/replay/internal/timeline"
)

// How long before the moment at which a pass' status was seen to be written it read the scale and the metrics: some requests to an API
// server. Mostly they take writeDelay, on a busy machine up to longestDelay.
const writeDelay, longestDelay = 20 * time.Millisecond, 500 * time.Millisecond

// alike is how far apart two readings of the same value can be, as a share of it: what was recorded is not exact to the millisecond.
const alike = 0.001

// beginnings returns when the recorded passes began, if they took as long as most do.
func beginnings(r *recording.Recording) []time.Duration {
	var began []time.Duration
	for i := range r.Events {
		if e := &r.Events[i]; e.Pass != nil {
			began = append(began, max(after(e.T)-writeDelay, 0))
		}
	}
	return began
}

// align has those passes begin earlier that took longer than most: what such a one read in its replay is not what it had read, and there
// was something new shortly before, of which it may not have known. It returns whether there are any. Each call moves them past the last
// such news, at most by longestDelay.
func align(began []time.Duration, r *recording.Recording, p *policy.Policy, out *Replayed) (moved bool) {
	n := -1
	for i := range r.Events {
		e := &r.Events[i]
		if e.Pass == nil {
			continue
		}
		if n++; out.Statuses[n] == nil {
			continue
		}
		for j, m := range out.Metrics {
			if sameReading(ReadingOf(&e.Pass.Status, j), ReadingOf(out.Statuses[n], j)) {
				continue
			}
			if at, ok := news(r, source(p, m.Name), after(e.T)-longestDelay, began[n]); ok {
				began[n], moved = at-time.Millisecond, true
			}
		}
	}
	return moved
}

// sameReading says whether two readings can be of the same value. Of one that could not be had nothing is known.
func sameReading(a, b timeline.Value) bool {
	x, known := a.Get()
	y, also := b.Get()
	return !known || !also || math.Abs(x-y) <= alike*max(math.Abs(x), math.Abs(y))
}

// source is the name of the metric that is collected for what an HPA names so; empty where it is about the use of resources.
func source(p *policy.Policy, name string) string {
	for i := range p.Metrics {
		if m := &p.Metrics[i]; name == m.Name || name == m.RawName || name == m.TotalName {
			return m.Name
		}
	}
	return ""
}

// news is when there last was something new of a metric in a stretch of time, in which the beginning does not count: a collection, or
// what metrics.k8s.io serves.
func news(r *recording.Recording, source string, from, to time.Duration) (at time.Duration, ok bool) {
	for i := range r.Events {
		e := &r.Events[i]
		is := e.Usage != nil && source == "" || e.Collection != nil && e.Collection.Metric == source
		if t := after(e.T); is && t > max(from, 0) && t <= to {
			at, ok = t, true
		}
	}
	return at, ok
}
