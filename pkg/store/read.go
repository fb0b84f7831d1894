package store

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"userscale.dev/userscale/pkg/sample"
)

// Group returns the values of the counted pods (those that run, are not being deleted, and have a value no older than the metric's
// MaxAge) that match the selector, sorted by name. The values of a smoothed metric sum to the group's smoothed total, in thousandths.
//
// A selector that no HPA has makes a group of its own, seeded with the present total and dropped 10 minutes after the last query.
//
// Errors: sample.ErrUnknownMetric, sample.ErrNoPod if no pod matches, *sample.NotFreshError if none of those that do is counted, or
// fewer than the metric's MinCoverage wants.
func (s *Store) Group(now time.Time, metric, namespace string, selector labels.Selector) ([]sample.Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, ok := s.served[metric]
	if !ok {
		return nil, fmt.Errorf("%w %q", sample.ErrUnknownMetric, metric)
	}
	g := s.group(now, namespace, selector)
	if g == nil {
		return nil, noPod(namespace, selector)
	}
	g = s.settled(g, name.metric, now)
	parts := s.split(g, name)
	if err := s.withheld(g, name, metric, now); err != nil {
		return nil, err
	}
	values := make([]sample.Value, len(parts))
	for _, part := range parts {
		values[part.index] = s.value(g, part, name)
	}
	return values, nil
}

func noPod(namespace string, selector labels.Selector) error {
	return fmt.Errorf("%w: none in namespace %q matches %q", sample.ErrNoPod, namespace, selector)
}

// Pod returns the value of the newest pod of that name: its part in the group of the HPA that scales it (of several HPAs, the one
// whose name is first), or its last measured value, with no window, if none does.
//
// Errors: sample.ErrUnknownMetric, sample.ErrNoPod, *sample.NotFreshError if the pod is not counted.
func (s *Store) Pod(now time.Time, metric, namespace, name string) (sample.Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	served, ok := s.served[metric]
	if !ok {
		return sample.Value{}, fmt.Errorf("%w %q", sample.ErrUnknownMetric, metric)
	}
	p := s.newest(namespace, name)
	if p == nil {
		return sample.Value{}, fmt.Errorf("%w: %q in namespace %q", sample.ErrNoPod, name, namespace)
	}
	if p.presence(served.metric, s.metrics[served.metric].MaxAge, now) != here || !p.counted() {
		return sample.Value{}, s.notFresh(served, metric, []member{{pod: p}}, now)
	}
	if g := s.groupOf(p); g != nil && !served.raw {
		g = s.settled(g, served.metric, now)
		parts := s.split(g, served)
		if err := s.withheld(g, served, metric, now); err != nil {
			return sample.Value{}, err
		}
		i := slices.IndexFunc(parts, func(part part) bool { return part.pod == p })
		return s.value(g, parts[i], served), nil
	}
	served.raw = true
	return s.value(nil, part{pod: p, milli: milli(p.series[served.metric].value)}, served), nil
}

// value is a part of a group's total, or of none.
func (s *Store) value(g *group, part part, name servedName) sample.Value {
	p := part.pod
	v := sample.Value{Namespace: p.Namespace, Name: p.Name, Milli: part.milli, Time: p.series[name.metric].time}
	if !name.raw {
		v.Window = g.totals[name.metric].window
	}
	return v
}

// withheld is why a settled group's values are not served; nil if they are.
func (s *Store) withheld(g *group, served servedName, name string, now time.Time) error {
	m := &s.metrics[served.metric]
	if g.totals[served.metric].counted > 0 && (m.MinCoverage == 0 || g.coverage(served.metric, m, now).Enough()) {
		return nil
	}
	return s.notFresh(served, name, g.members, now)
}

// notFresh explains why the members that are not counted are not.
func (s *Store) notFresh(served servedName, name string, members []member, now time.Time) error {
	m := &s.metrics[served.metric]
	err := &sample.NotFreshError{Metric: name, MaxAge: m.MaxAge, Matched: len(members), Minimum: m.MinCoverage}
	counts := map[string]int{}
	for _, member := range members {
		v := &member.pod.series[served.metric]
		if m.expects(member.pod, v, now) {
			err.Expected++
		}
		if member.pod.presence(served.metric, m.MaxAge, now) == here && member.pod.counted() {
			err.Counted++
			continue
		}
		counts[m.cause(member.pod, v)]++
	}
	for reason, pods := range counts {
		err.Causes = append(err.Causes, sample.Cause{Reason: reason, Pods: pods})
	}
	slices.SortFunc(err.Causes, func(a, b sample.Cause) int {
		return cmp.Or(b.Pods-a.Pods, cmp.Compare(a.Reason, b.Reason))
	})
	return err
}

// cause is why a pod has no value that may be served, in a few words.
func (m *metric) cause(p *pod, v *series) string {
	reason, _ := m.reason(p, v)
	switch {
	case !p.Running:
		return "not running"
	case p.Deleting:
		return "being deleted"
	case reason != "":
		return string(reason)
	case v.time.IsZero():
		return "never had a value"
	default:
		return "no newer value"
	}
}
