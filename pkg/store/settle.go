package store

import (
	"math"
	"time"
)

// tally is a sum over some of a group's pods.
type tally struct {
	value         float64
	pods, counted int
}

func (t *tally) add(p *pod, value float64) {
	t.value += value
	t.pods++
	if p.counted() {
		t.counted++
	}
}

// changes are a group's pods with a value, by what happened since the group was last settled, and those that lost theirs.
type changes struct {
	kept, lost, joined, returned tally
}

// settle brings a total's coverage up to now: first the values that became too old, then the ones that came. Several at once give
// what one after the other gives, because the factors (X−x₁)/X · (X−x₁−x₂)/(X−x₁) … telescope. It does not step the smoothed total,
// so settling twice changes nothing.
func (g *group) settle(i int, m *metric, now time.Time) {
	t := &g.totals[i]
	c := g.changes(i, m.MaxAge, now)
	t.lose(c)
	t.regain(c)
	t.sum(g, i)
	if !t.smoothed.Seeded() && t.counted > 0 {
		t.smoothed.Seed(t.raw, now)
		g.expectMissing(i)
	}
}

// changes compares what the members are now with what they were, and remembers it.
func (g *group) changes(i int, maxAge time.Duration, now time.Time) changes {
	var c changes
	for j := range g.members {
		p, was := g.members[j].pod, g.members[j].states[i]
		value := p.series[i].value
		next := included
		switch p.presence(i, maxAge, now) {
		case here:
			switch was {
			case included:
				c.kept.add(p, value)
			case missing:
				c.returned.add(p, value)
			default:
				c.joined.add(p, value)
			}
		case silent:
			next = was
			if was == included {
				c.lost.add(p, value)
				next = missing
			}
		case out: // load that moved
			next = expected
		}
		g.members[j].states[i] = next
	}
	return c
}

// lose takes the part of the pods that lost their value out of the smoothed total: S ← S·(X−x)/X. Where X is 0 each counted pod's
// part is the same, as it is when served. When no value is left nothing is known, which is not a total of 0: the next value seeds anew.
func (t *total) lose(c changes) {
	before := c.kept.value + c.lost.value
	switch {
	case c.lost.pods == 0:
	case c.kept.pods == 0:
		t.smoothed.Reset()
	case before > 0:
		t.smoothed.Scale(c.kept.value / before)
	case c.kept.counted+c.lost.counted > 0:
		t.smoothed.Scale(float64(c.kept.counted) / float64(c.kept.counted+c.lost.counted))
	}
}

// regain gives the pods that have a value again their part: S ← S·(X+x)/X, or S+x where X is 0. Pods that joined are part of X:
// their load is load that S holds already.
func (t *total) regain(c changes) {
	if c.returned.pods == 0 || !t.smoothed.Seeded() {
		return
	}
	x := c.kept.value + c.joined.value
	factor := (x + c.returned.value) / x
	if x == 0 || math.IsInf(t.smoothed.Value()*factor, 0) { // values close to 0 are as good as 0
		t.smoothed.Add(c.returned.value)
		return
	}
	t.smoothed.Scale(factor)
}

// sum computes the raw totals anew, so that no rounding error outlives a tick.
func (t *total) sum(g *group, i int) {
	t.raw, t.countedRaw, t.counted, t.departing = 0, 0, 0, 0
	for j := range g.members {
		p := g.members[j].pod
		if g.members[j].states[i] != included {
			continue
		}
		value := p.series[i].value
		t.raw += value
		if p.counted() {
			t.countedRaw += value
			t.counted++
		} else {
			t.departing++
		}
	}
}

// expectMissing marks the pods that were there before the total was seeded: when they report for the first time that is
// coverage, not load.
func (g *group) expectMissing(i int) {
	for j := range g.members {
		m := &g.members[j]
		if m.states[i] == expected && m.pod.Running && !m.pod.series[i].gone {
			m.states[i] = missing
		}
	}
}
