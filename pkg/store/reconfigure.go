package store

import (
	"slices"

	"userscale.dev/userscale/pkg/sample"
)

// Reconfigure replaces the metrics, whose names differ. One that was there before keeps what is known of it: the pods' values, the
// groups' totals with the state of their smoothing, and the counts of drops. What else changed applies from now on: half-lives to the
// next step, MaxAge and MinCoverage to the next answer, the range to the next values. One whose Quantity changed keeps the counts alone.
//
// No collection of a metric that is removed or whose Quantity changes may be under way: its values would be taken for the new one's.
func (s *Store) Reconfigure(metrics []Metric) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, from := s.metrics, make([]int, len(metrics))
	s.metrics, s.served, s.totals = make([]metric, len(metrics)), map[string]servedName{}, map[string]int{}
	for i, m := range metrics {
		s.metrics[i] = newMetric(m)
		from[i] = slices.IndexFunc(before, func(b metric) bool { return b.Name == m.Name })
		if from[i] >= 0 {
			s.metrics[i].drops = before[from[i]].drops
		}
		if from[i] >= 0 && before[from[i]].Quantity == m.Quantity {
			s.metrics[i] = before[from[i]]
			s.metrics[i].Metric = m
		} else {
			from[i] = anew
		}
		s.serve(i)
	}
	for _, p := range s.pods {
		p.series = carry(p.series, from)
	}
	for _, ns := range s.namespaces {
		for _, g := range ns.groups {
			g.totals = carry(g.totals, from)
			for j := range g.members {
				g.members[j].parts = carry(g.members[j].parts, from)
			}
			s.tune(g)
		}
	}
}

// anew says that nothing is carried over.
const anew = -1

// carry returns what there is by metric in the order of the new ones; from are their places among the old ones.
func carry[T any](old []T, from []int) []T {
	carried := make([]T, len(from))
	for i, j := range from {
		if j != anew {
			carried[i] = old[j]
		}
	}
	return carried
}

func newMetric(m Metric) metric {
	return metric{Metric: m, drops: map[sample.Reason]uint64{}, addresses: map[address]*pod{}}
}

// serve makes a metric known under its names.
func (s *Store) serve(i int) {
	m := &s.metrics[i]
	s.served[m.Name] = servedName{metric: i}
	if m.RawName != "" {
		s.served[m.RawName] = servedName{metric: i, raw: true}
	}
	if m.TotalName != "" {
		s.totals[m.TotalName] = i
	}
}
