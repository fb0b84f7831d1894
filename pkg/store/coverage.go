package store

import (
	"time"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// maxStep bounds the weight of one sample: after three lost collections, or after the reference interval if that is longer, nobody
// knows what the load was meanwhile.
func (m *metric) maxStep() time.Duration { return max(3*m.Interval, smoothing.Reference) }

// coverage says how many of a group's pods a settled total stands for.
func (g *group) coverage(i int, m *metric, now time.Time) sample.Coverage {
	c := sample.Coverage{
		Matched: len(g.members), Counted: g.totals[i].counted, Departing: g.totals[i].departing, Minimum: m.MinCoverage,
	}
	for j := range g.members {
		if m.expects(g.members[j].pod, &g.members[j].pod.series[i], now) {
			c.Expected++
		}
	}
	return c
}

// expects says whether a pod should have a value: one that became ready a moment ago need not have been asked yet.
func (m *metric) expects(p *pod, v *series, now time.Time) bool {
	if !p.Running || p.Deleting {
		return false
	}
	return !v.time.IsZero() || p.Ready && !p.ReadyTime.IsZero() && now.Sub(p.ReadyTime) > 2*m.Interval
}

// state says what a member's value is worth, after the total was settled.
func (m *metric) state(p *pod, v *series, now time.Time) sample.State {
	switch fresh := v.collection == m.collections && v.reason == "" && m.failing == nil; {
	case !p.Running:
		return sample.StateNotRunning
	case v.gone:
		return sample.StateGone
	case v.time.IsZero():
		return sample.StateAbsent
	case now.Sub(v.time) > m.MaxAge:
		return sample.StateStale
	case p.Deleting:
		return sample.StateDeparting
	case fresh:
		return sample.StateFresh
	default:
		return sample.StateHeld
	}
}
