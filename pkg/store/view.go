package store

import "time"

// view is a copy of a group.
type view struct {
	group
	memberships []membership // of all members
}

// settled returns a copy of a group in which one metric's total was brought up to now. It is what readers see: if they settled the
// group itself, then whether a pod that is lost and then deleted takes its part along would depend on somebody having asked in
// between. It is valid until the next call.
func (s *Store) settled(g *group, i int, now time.Time) *group {
	v := &s.view
	members, totals := v.members[:0], v.totals[:0]
	totals = append(totals, g.totals...)
	v.memberships = v.memberships[:0]
	for j := range g.members {
		v.memberships = append(v.memberships, g.members[j].parts...)
	}
	for j, n := 0, len(totals); j < len(g.members); j++ {
		members = append(members, member{pod: g.members[j].pod, parts: v.memberships[j*n : (j+1)*n]})
	}
	v.group = *g
	v.members, v.totals = members, totals
	v.settle(i, &s.metrics[i], now)
	return &v.group
}
