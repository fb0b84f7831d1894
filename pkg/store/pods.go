package store

import (
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
)

// pod is a pod and its last samples. Its identity is the UID: another pod may have had the name or the IP.
type pod struct {
	sample.Pod
	series []series // by metric
}

// series is what is held of one pod for one metric.
type series struct {
	value      float64
	time       time.Time     // when value was measured; zero if there is none yet
	note       string        // how value came about
	collection uint64        // the one that brought value
	failed     uint64        // the last one that said why it brought none
	reason     sample.Reason // why the last collection brought none; empty when it did, or said nothing
	err        error         // the same in words, where there are any
	gone       bool          // being deleted, and no longer answering
}

// namespace holds a namespace's pods and groups.
type namespace struct {
	pods   map[string][]*pod // by name, in the order of their first appearance
	groups map[string]*group // by canonical selector
}

func (s *Store) namespace(name string) *namespace {
	ns, ok := s.namespaces[name]
	if !ok {
		ns = &namespace{pods: map[string][]*pod{}, groups: map[string]*group{}}
		s.namespaces[name] = ns
	}
	return ns
}

// release forgets a namespace in which there is nothing left.
func (s *Store) release(name string) {
	if ns := s.namespaces[name]; ns != nil && len(ns.pods)+len(ns.groups) == 0 {
		delete(s.namespaces, name)
	}
}

// SetPod inserts or updates a pod. One that does not run has no part in any total.
func (s *Store) SetPod(p sample.Pod) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	ns := s.namespace(p.Namespace)
	known, ok := s.pods[p.UID]
	if !ok {
		known = &pod{series: make([]series, len(s.metrics))}
		s.pods[p.UID] = known
		ns.pods[p.Name] = append(ns.pods[p.Name], known)
	}
	moved := !ok || !maps.Equal(known.Labels, p.Labels)
	known.Pod = p
	if p.Deleting {
		s.depart(known)
	}
	if moved {
		for _, g := range ns.groups {
			g.place(known)
		}
	}
}

// depart notes that a pod is being deleted. From now on its values count while it answers and are not held: not even one that
// is held already.
func (s *Store) depart(p *pod) {
	if _, ok := s.departing[p]; ok {
		return
	}
	s.departing[p] = struct{}{}
	for i := range p.series {
		v := &p.series[i]
		v.gone = !v.time.IsZero() && !v.answering(&s.metrics[i])
	}
}

// answering says that no collection since the one that brought the value tells otherwise: neither one that was whole and had none, nor
// one that had a failure in its place.
func (v *series) answering(m *metric) bool {
	return v.collection >= m.whole && v.collection >= v.failed
}

// DeletePod removes a pod that no longer exists.
func (s *Store) DeletePod(uid types.UID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.pods[uid]
	if !ok {
		return
	}
	s.changes++
	delete(s.pods, uid)
	delete(s.departing, p)
	ns := s.namespace(p.Namespace)
	for _, g := range ns.groups {
		g.remove(p)
	}
	namesakes := slices.DeleteFunc(ns.pods[p.Name], func(other *pod) bool { return other == p })
	if ns.pods[p.Name] = namesakes; len(namesakes) == 0 {
		delete(ns.pods, p.Name)
	}
	s.release(p.Namespace)
}

// PodByName returns the pod of that name. While there are two, the old one not yet being known to be deleted, it is the one that
// appeared last.
func (s *Store) PodByName(namespace, name string) (sample.Pod, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.newest(namespace, name)
	if p == nil {
		return sample.Pod{}, false
	}
	return p.Pod, true
}

func (s *Store) newest(namespace, name string) *pod {
	ns, ok := s.namespaces[namespace]
	if !ok || len(ns.pods[name]) == 0 {
		return nil
	}
	return ns.pods[name][len(ns.pods[name])-1]
}

// presence is what a pod is to a metric at some moment.
type presence int

const (
	out    presence = iota // does not run, or is being deleted and answers no more
	silent                 // should have a value that can be used, and has none
	here                   // has one
)

func (p *pod) presence(metric int, maxAge time.Duration, now time.Time) presence {
	v := &p.series[metric]
	switch {
	case !p.Running || v.gone:
		return out
	case v.time.IsZero() || now.Sub(v.time) > maxAge:
		return silent
	default:
		return here
	}
}

// counted says whether a pod that is here gets a part; one being deleted is only part of the total.
func (p *pod) counted() bool { return !p.Deleting }
