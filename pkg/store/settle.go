package store

import "time"

// tally is a sum over some of a group's pods.
type tally struct {
	pods, counted           int
	value, countedPodsValue float64
}

func (t *tally) add(p *pod, value float64) {
	t.pods++
	t.value += value
	if p.counted() {
		t.counted++
		t.countedPodsValue += value
	}
}

// changes are a group's pods with a value, by what happened since the group was last settled, and those that lost theirs.
type changes struct {
	kept, lost, joined, returned tally
}

// settle brings a total up to now, and seeds it when there is something to seed it with. It does not step the smoothed total, so
// settling twice changes nothing.
func (g *group) settle(i int, m *metric, now time.Time) {
	g.cover(i, m, now)
	t := &g.totals[i]
	if !t.smoothed.Seeded() && t.counted > 0 {
		t.smoothed.Seed(t.raw, now)
		g.expectMissing(i)
	}
}

// cover brings a total's coverage up to now: first the values that became too old, then the ones that came. Several at once give
// what one after the other gives, because the factors (X−x₁)/X · (X−x₁−x₂)/(X−x₁) … telescope: S/X stays as it is.
func (g *group) cover(i int, m *metric, now time.Time) {
	c := g.changes(i, m.MaxAge, now)
	t := &g.totals[i]
	g.lose(i, c)
	g.regain(i, c)
	// Summed anew each time, so that no rounding error outlives a tick.
	t.raw = c.kept.value + c.joined.value + c.returned.value
	t.countedRaw = c.kept.countedPodsValue + c.joined.countedPodsValue + c.returned.countedPodsValue
	t.counted = c.kept.counted + c.joined.counted + c.returned.counted
	t.departing = c.kept.pods + c.joined.pods + c.returned.pods - t.counted
}

// changes compares what the members are now with what they were, and remembers it.
func (g *group) changes(i int, maxAge time.Duration, now time.Time) changes {
	var c changes
	for j := range g.members {
		p, was := g.members[j].pod, g.members[j].parts[i].state
		value := p.series[i].value
		next := included
		switch p.presence(i, maxAge, now) {
		case here:
			switch was {
			case included:
				c.kept.add(p, value)
			case missing:
				c.returned.add(p, value)
				next = returning
			default:
				c.joined.add(p, value)
			}
		case silent:
			next = was
			if was == included {
				c.lost.add(p, value)
				next = losing
			}
		case out: // load that moved
			next = expected
		}
		g.members[j].parts[i].state = next
	}
	return c
}

// lose takes the part of the pods that lost their value out of the smoothed total: S ← S·(X−x)/X. Where X is 0 each counted pod's
// part is the same, as it is when served. When no value is left nothing is known, which is not a total of 0: the next value seeds anew.
func (g *group) lose(i int, c changes) {
	if c.lost.pods == 0 {
		return
	}
	t := &g.totals[i]
	before := c.kept.value + c.lost.value
	for j := range g.members {
		part := &g.members[j].parts[i]
		if part.state != losing {
			continue
		}
		*part = membership{state: missing}
		if before > 0 { // x/X first, which is at most 1: S/X can be too large for a number
			part.took = t.smoothed.Value() * (g.members[j].pod.series[i].value / before)
		}
	}
	switch {
	case c.kept.pods == 0:
		t.smoothed.Reset()
	case before > 0:
		t.smoothed.Scale(c.kept.value / before)
	case c.kept.counted+c.lost.counted > 0:
		t.smoothed.Scale(float64(c.kept.counted) / float64(c.kept.counted+c.lost.counted))
	}
}

// regain gives the pods that have a value again their part: S ← S·(X+x)/X, or S+x where X is 0. Pods that joined are part of X: S
// holds their load already.
//
// S/X says little of a pod when the others became idle in the meantime and S still decays: 10 users on a pod that returns to 5 idle
// ones would be taken for hundreds. So no pod brings back more than it has now or took along, whichever is more.
func (g *group) regain(i int, c changes) {
	if c.returned.pods == 0 {
		return
	}
	t := &g.totals[i]
	x, returned := c.kept.value+c.joined.value, 0.0
	for j := range g.members {
		part := &g.members[j].parts[i]
		if part.state != returning {
			continue
		}
		value := g.members[j].pod.series[i].value
		if x > 0 {
			value = min(value*t.smoothed.Value()/x, max(value, part.took))
		}
		returned += value
		*part = membership{state: included}
	}
	if t.smoothed.Seeded() {
		t.smoothed.Add(returned)
	}
}

// expectMissing marks the pods that were there before the total was seeded: when they report for the first time that is
// coverage, not load.
func (g *group) expectMissing(i int) {
	for j := range g.members {
		m := &g.members[j]
		if m.parts[i].state == expected && m.pod.Running && !m.pod.series[i].gone {
			m.parts[i].state = missing
		}
	}
}
