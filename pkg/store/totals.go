package store

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/labels"

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

// Total returns the smoothed total of the pods that match the selector: what their values in Group sum to, to the thousandth. The
// value has no name, since it is no pod's. Its time is that of the oldest sample in it: no part of the total is older, and it never
// looks newer than it is.
//
// The group is the one that Group would answer for. So are the errors; sample.ErrUnknownMetric for a name that is no TotalName.
func (s *Store) Total(now time.Time, name, namespace string, selector labels.Selector) (sample.Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.totals[name]
	if !ok {
		return sample.Value{}, fmt.Errorf("%w %q", sample.ErrUnknownMetric, name)
	}
	g := s.group(now, namespace, selector)
	if g == nil {
		return sample.Value{}, noPod(namespace, selector)
	}
	g = s.settled(g, i, now)
	if err := s.withheld(g, servedName{metric: i}, name, now); err != nil {
		return sample.Value{}, err
	}
	t := &g.totals[i]
	return sample.Value{Namespace: namespace, Milli: milli(t.smoothed.Value()), Time: g.oldest(i), Window: t.window}, nil
}

// oldest returns when the oldest sample in a settled total was measured.
func (g *group) oldest(i int) time.Time {
	var oldest time.Time
	for j := range g.members {
		if at := g.members[j].pod.series[i].time; g.members[j].parts[i].state == included && (oldest.IsZero() || at.Before(oldest)) {
			oldest = at
		}
	}
	return oldest
}
