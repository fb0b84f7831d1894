package store

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"userscale.dev/userscale/pkg/smoothing"
)

// group is the pods of a namespace that match a selector, and their totals. Membership follows the pods' events and is never
// looked for by a query.
type group struct {
	namespace string
	key       string // the canonical selector
	selector  labels.Selector
	hpas      []scaler // the HPAs that scale these pods, sorted by name; none: the group is ad hoc
	queried   time.Time
	members   []member // sorted by name, then UID
	totals    []total  // by metric
}

// member is a pod in a group.
type member struct {
	pod   *pod
	parts []membership // by metric
}

// membership is a member's part in one total.
type membership struct {
	state state
	took  float64 // of the smoothed total, when its value was lost
}

// state is what a member was to a total when the group was last settled.
type state uint8

const (
	expected  state = iota // none yet, or no longer: its first value is load that moved here
	included               // its value is in the raw total
	missing                // none, but the load is there: its next value is coverage that returns
	losing                 // while settling: included until now, missing from now on
	returning              // while settling: missing until now, included from now on
)

// total is a group's total of one metric.
type total struct {
	smoothed           smoothing.Estimator
	raw                float64 // over counted and departing pods
	countedRaw         float64 // over counted pods
	counted, departing int
	window             time.Duration // of smoothed's half-lives
}

func (s *Store) newGroup(namespace, key string, selector labels.Selector) *group {
	ns := s.namespace(namespace)
	g := &group{namespace: namespace, key: key, selector: selector, totals: make([]total, len(s.metrics))}
	s.tune(g)
	for _, namesakes := range ns.pods {
		for _, p := range namesakes {
			if selector.Matches(labels.Set(p.Labels)) {
				g.members = append(g.members, g.newMember(p))
			}
		}
	}
	slices.SortFunc(g.members, func(a, b member) int { return compare(a, b.pod) })
	ns.groups[key] = g
	return g
}

func (s *Store) dropGroup(g *group) {
	delete(s.adHoc, g)
	delete(s.namespace(g.namespace).groups, g.key)
	s.release(g.namespace)
}

func (g *group) newMember(p *pod) member {
	return member{pod: p, parts: make([]membership, len(g.totals))}
}

// place makes a pod a member if its labels match, and only then.
func (g *group) place(p *pod) {
	if !g.selector.Matches(labels.Set(p.Labels)) {
		g.remove(p)
		return
	}
	if i, ok := g.find(p); !ok {
		g.members = slices.Insert(g.members, i, g.newMember(p))
	}
}

// remove ends a membership. Whatever the pod carried has left with it, which the totals see as load that moved.
func (g *group) remove(p *pod) {
	if i, ok := g.find(p); ok {
		g.members = slices.Delete(g.members, i, i+1)
	}
}

func (g *group) find(p *pod) (int, bool) {
	return slices.BinarySearchFunc(g.members, p, compare)
}

func compare(m member, p *pod) int {
	return cmp.Or(strings.Compare(m.pod.Name, p.Name), strings.Compare(string(m.pod.UID), string(p.UID)))
}
