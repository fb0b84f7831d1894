package store

import (
	"cmp"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/labels"
)

const (
	maxAdHoc  = 1000             // groups without an HPA
	adHocIdle = 10 * time.Minute // after which such a group is dropped
)

// HPA names a HorizontalPodAutoscaler.
type HPA struct{ Namespace, Name string }

// SetHPA says which pods an HPA scales. HPAs with the same selector share a group, and one that an ad-hoc query made before is
// taken over with its state.
func (s *Store) SetHPA(h HPA, selector labels.Selector) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := canonical(selector)
	if old, ok := s.hpas[h]; ok {
		if old.key == key {
			return
		}
		s.detach(h, old)
	}
	g, ok := s.namespace(h.Namespace).groups[key]
	if !ok {
		g = s.newGroup(h.Namespace, key, selector)
	}
	delete(s.adHoc, g)
	s.hpas[h] = g
	g.hpas = append(g.hpas, h.Name)
	slices.Sort(g.hpas)
}

// DeleteHPA forgets an HPA. Its group stays for as long as an ad-hoc one would.
func (s *Store) DeleteHPA(h HPA) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g, ok := s.hpas[h]; ok {
		s.detach(h, g)
	}
}

func (s *Store) detach(h HPA, g *group) {
	delete(s.hpas, h)
	g.hpas = slices.DeleteFunc(g.hpas, func(name string) bool { return name == h.Name })
	if len(g.hpas) == 0 {
		s.adHoc[g] = struct{}{}
	}
}

// group returns the group of a selector, and makes one if need be; nil if no pod matches.
func (s *Store) group(now time.Time, namespace string, selector labels.Selector) *group {
	ns, ok := s.namespaces[namespace]
	if !ok {
		return nil
	}
	key := canonical(selector)
	g, known := ns.groups[key]
	if !known {
		g = s.newGroup(namespace, key, selector)
	}
	g.queried = now
	switch {
	case known:
	case len(g.members) == 0: // a mistake, which is not worth a group
		s.dropGroup(g)
	default:
		s.admit(g, now)
	}
	if len(g.members) == 0 {
		return nil
	}
	return g
}

// admit adds a group without an HPA and makes room for it.
func (s *Store) admit(g *group, now time.Time) {
	s.dropIdle(now)
	if len(s.adHoc) >= maxAdHoc {
		s.dropGroup(s.oldestAdHoc())
	}
	s.adHoc[g] = struct{}{}
}

func (s *Store) dropIdle(now time.Time) {
	for g := range s.adHoc {
		if now.Sub(g.queried) >= adHocIdle {
			s.dropGroup(g)
		}
	}
}

func (s *Store) oldestAdHoc() *group {
	var oldest *group
	for g := range s.adHoc {
		if oldest == nil || cmp.Or(g.queried.Compare(oldest.queried), cmp.Compare(g.namespace, oldest.namespace),
			cmp.Compare(g.key, oldest.key)) < 0 {
			oldest = g
		}
	}
	return oldest
}

// groupOf returns the group of the HPA that scales a pod; of several, the HPA whose name is first. nil if none does.
func (s *Store) groupOf(p *pod) *group {
	var first *group
	for _, g := range s.namespace(p.Namespace).groups {
		if len(g.hpas) == 0 || first != nil && first.hpas[0] <= g.hpas[0] {
			continue
		}
		if _, ok := g.find(p); ok {
			first = g
		}
	}
	return first
}
