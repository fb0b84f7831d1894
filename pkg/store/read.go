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
// Errors: sample.ErrUnknownMetric, sample.ErrNoPod if no pod matches, *sample.NotFreshError if none of those that do is counted.
func (s *Store) Group(now time.Time, metric, namespace string, selector labels.Selector) ([]sample.Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, ok := s.served[metric]
	if !ok {
		return nil, fmt.Errorf("%w %q", sample.ErrUnknownMetric, metric)
	}
	g := s.group(now, namespace, selector)
	if g == nil {
		return nil, fmt.Errorf("%w: none in namespace %q matches %q", sample.ErrNoPod, namespace, selector)
	}
	parts := s.split(g, name, now)
	if len(parts) == 0 {
		return nil, s.notFresh(metric, name.metric, g.members)
	}
	values := make([]sample.Value, len(parts))
	for _, part := range parts {
		values[part.index] = s.value(part.pod, name, part.milli)
	}
	return values, nil
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
		return sample.Value{}, s.notFresh(metric, served.metric, []member{{pod: p}})
	}
	if g := s.groupOf(p); g != nil && !served.raw {
		parts := s.split(g, served, now)
		i := slices.IndexFunc(parts, func(part part) bool { return part.pod == p })
		return s.value(p, served, parts[i].milli), nil
	}
	served.raw = true
	return s.value(p, served, milli(p.series[served.metric].value)), nil
}

func (s *Store) value(p *pod, name servedName, milli int64) sample.Value {
	v := sample.Value{Namespace: p.Namespace, Name: p.Name, Milli: milli, Time: p.series[name.metric].time}
	if !name.raw {
		v.Window = s.metrics[name.metric].window
	}
	return v
}

// notFresh explains why none of the members is counted.
func (s *Store) notFresh(name string, i int, members []member) error {
	m := &s.metrics[i]
	err := &sample.NotFreshError{Metric: name, MaxAge: m.MaxAge, Matched: len(members)}
	counts := map[string]int{}
	for _, member := range members {
		counts[m.explain(member.pod, &member.pod.series[i])]++
	}
	for reason, pods := range counts {
		err.Causes = append(err.Causes, sample.Cause{Reason: reason, Pods: pods})
	}
	slices.SortFunc(err.Causes, func(a, b sample.Cause) int {
		return cmp.Or(b.Pods-a.Pods, cmp.Compare(a.Reason, b.Reason))
	})
	return err
}

func (m *metric) explain(p *pod, v *series) string {
	switch {
	case !p.Running:
		return "not running"
	case p.Deleting:
		return "being deleted"
	case m.failing:
		return "collection failed"
	case v.reason != "":
		return string(v.reason)
	case v.time.IsZero():
		return "never had a value"
	default:
		return "no newer value"
	}
}
