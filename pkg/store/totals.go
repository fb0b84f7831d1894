package store

import (
	"cmp"
	"slices"
	"time"
)

// Total is what is known of the pods of an HPA for one metric.
type Total struct {
	HPA       HPA
	Metric    string  // the metric's Name
	Raw       float64 // over counted and departing pods
	Smoothed  float64 // unknown, not 0, unless Counted is positive
	Counted   int     // running, not being deleted, with a value young enough
	Departing int     // being deleted, still answering
	Matched   int     // all pods with the labels
}

// Totals returns the totals of every HPA and metric, sorted by HPA and in the order of the configuration.
func (s *Store) Totals(now time.Time) []Total {
	s.mu.Lock()
	defer s.mu.Unlock()
	totals := make([]Total, 0, len(s.hpas)*len(s.metrics))
	for h, g := range s.hpas {
		for i := range s.metrics {
			m, t := &s.metrics[i], &g.totals[i]
			g.settle(i, m, now)
			totals = append(totals, Total{
				HPA: h, Metric: m.Name,
				Raw: t.raw, Smoothed: t.smoothed.Value(),
				Counted: t.counted, Departing: t.departing, Matched: len(g.members),
			})
		}
	}
	slices.SortStableFunc(totals, func(a, b Total) int {
		return cmp.Or(cmp.Compare(a.HPA.Namespace, b.HPA.Namespace), cmp.Compare(a.HPA.Name, b.HPA.Name))
	})
	return totals
}
