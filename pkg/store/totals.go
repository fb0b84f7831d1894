package store

import (
	"cmp"
	"slices"
	"time"

	"userscale.dev/userscale/pkg/sample"
)

// Total is what is known of the pods of an HPA for one metric.
type Total struct {
	HPA      HPA
	Metric   string  // the metric's Name
	Raw      float64 // over counted and departing pods
	Smoothed float64 // unknown, not 0, unless a pod is counted
	sample.Coverage
}

// Groups is how many groups there are: those of HPAs, which can share one, and those that queries made.
type Groups struct{ HPA, AdHoc int }

// Groups counts the groups.
func (s *Store) Groups() Groups {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := 0
	for _, ns := range s.namespaces {
		all += len(ns.groups)
	}
	return Groups{HPA: all - len(s.adHoc), AdHoc: len(s.adHoc)}
}

// Totals returns the totals of every HPA and metric, sorted by HPA and in the order of the configuration.
func (s *Store) Totals(now time.Time) []Total {
	s.mu.Lock()
	defer s.mu.Unlock()
	totals := make([]Total, 0, len(s.hpas)*len(s.metrics))
	for h, g := range s.hpas {
		for i := range s.metrics {
			g := s.settled(g, i, now)
			m, t := &s.metrics[i], &g.totals[i]
			totals = append(totals, Total{
				HPA: h, Metric: m.Name,
				Raw: t.raw, Smoothed: t.smoothed.Value(), Coverage: g.coverage(i, m, now),
			})
		}
	}
	slices.SortStableFunc(totals, func(a, b Total) int {
		return cmp.Or(cmp.Compare(a.HPA.Namespace, b.HPA.Namespace), cmp.Compare(a.HPA.Name, b.HPA.Name))
	})
	return totals
}
