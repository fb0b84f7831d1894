package store

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"userscale.dev/userscale/pkg/smoothing"
)

const (
	maxAdHoc  = 1000             // groups without an HPA
	adHocIdle = 10 * time.Minute // after which such a group is dropped
)

// HPA names a HorizontalPodAutoscaler.
type HPA struct{ Namespace, Name string }

// scaler is an HPA of a group, and the smoothing that it asks for.
type scaler struct {
	name     string
	override smoothing.Override
}

// SetHPA says which pods an HPA scales, and how it wants their totals smoothed where it does not leave that to the configuration.
// HPAs with the same selector share a group, and one that an ad-hoc query made before is taken over with its state.
func (s *Store) SetHPA(h HPA, selector labels.Selector, override smoothing.Override) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := canonical(selector)
	if old, ok := s.hpas[h]; ok {
		s.detach(h, old)
	}
	g, ok := s.namespace(h.Namespace).groups[key]
	if !ok {
		g = s.newGroup(h.Namespace, key, selector)
	}
	delete(s.adHoc, g)
	s.hpas[h] = g
	g.hpas = append(g.hpas, scaler{h.Name, override})
	slices.SortFunc(g.hpas, func(a, b scaler) int { return strings.Compare(a.name, b.name) })
	s.tune(g)
}

// tune gives a group's estimators the configuration's half-lives, or those of its first HPA by name that asks for its own. Their
// states stay.
func (s *Store) tune(g *group) {
	var override smoothing.Override
	if i := slices.IndexFunc(g.hpas, func(h scaler) bool { return !h.override.Empty() }); i >= 0 {
		override = g.hpas[i].override
	}
	for i := range g.totals {
		t := &g.totals[i]
		t.smoothed.HalfLives = override.Apply(s.metrics[i].Smoothing)
		t.smoothed.MaxStep = s.metrics[i].maxStep()
		t.window = t.smoothed.HalfLives.Window()
	}
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
	g.hpas = slices.DeleteFunc(g.hpas, func(other scaler) bool { return other.name == h.Name })
	s.tune(g)
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
		for i := range s.metrics {
			g.settle(i, &s.metrics[i], now) // its seed
		}
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
		if len(g.hpas) == 0 || first != nil && first.hpas[0].name <= g.hpas[0].name {
			continue
		}
		if _, ok := g.find(p); ok {
			first = g
		}
	}
	return first
}
