package store

import (
	"cmp"
	"math"
	"slices"
)

// part is what a counted pod is served.
type part struct {
	pod    *pod
	index  int     // among the counted pods, by name
	milli  int64   // in thousandths of the metric's unit
	weight float64 // the pod's last value
	rest   float64 // what rounding down took away
}

// split returns the parts of a settled group's counted pods, in no particular order. They are valid until the next call.
func (s *Store) split(g *group, name servedName) []part {
	i := name.metric
	s.parts = s.parts[:0]
	for j := range g.members {
		p := g.members[j].pod
		if g.members[j].parts[i].state == included && p.counted() {
			value := p.series[i].value
			s.parts = append(s.parts, part{pod: p, index: len(s.parts), weight: value, milli: milli(value)})
		}
	}
	if !name.raw {
		apportion(s.parts, milli(g.totals[i].smoothed.Value()), g.totals[i].countedRaw)
	}
	return s.parts
}

// apportion splits a total into whole parts in proportion to their weights, whose sum is given, or evenly if that is 0. The method
// is the largest remainder, so that the parts sum to the total exactly; of equal remainders the first by name is rounded up.
func apportion(parts []part, total int64, sum float64) {
	left := total
	for i := range parts {
		p := &parts[i]
		exact := float64(total) / float64(len(parts))
		if sum > 0 {
			exact = float64(total) * (p.weight / sum)
		}
		p.milli = int64(math.Floor(exact))
		p.rest = exact - math.Floor(exact)
		left -= p.milli
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Or(cmp.Compare(b.rest, a.rest), a.index-b.index) })
	for i := 0; left > 0 && len(parts) > 0; i = (i + 1) % len(parts) {
		parts[i].milli++
		left--
	}
	// The weights' own rounding errors can take the parts above the total.
	for i := len(parts) - 1; left < 0 && i >= 0; i-- {
		taken := min(parts[i].milli, -left)
		parts[i].milli -= taken
		left += taken
	}
}

// milli rounds to thousandths, within what fits.
func milli(value float64) int64 {
	return int64(min(math.Round(value*1000), 1<<62))
}
