package store

import "userscale.dev/userscale/pkg/sample"

// address is where a pod is asked. On a host's network several pods share an IP, so the port belongs to it.
type address struct {
	ip   string
	port int
}

// address returns where a pod is asked for a metric, and false if it is not.
func (p *pod) address(metric string) (address, bool) {
	target := p.Target(metric)
	if target == nil || target.Problem != "" || p.IP == "" || !p.Running {
		return address{}, false
	}
	return address{p.IP, target.Port}, true
}

// Targets appends to buf, in no particular order, the pods to ask for a metric: those that opted in, have an IP and run. Pods being
// deleted are among them, since what they still carry counts. Of two pods with the same address, the one that started last is the one
// that answers there: the other's end is still to be heard of. The caller owns buf. There are none for an unknown metric.
func (s *Store) Targets(metric string, buf []sample.Pod) []sample.Pod {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, ok := s.served[metric]
	if !ok || name.raw {
		return buf
	}
	m := &s.metrics[name.metric]
	s.assignAddresses(m)
	for _, p := range m.addresses {
		buf = append(buf, p.Pod)
	}
	return buf
}

// assignAddresses finds the pod that answers for a metric at each address, which needs no search while the pods are what they were.
func (s *Store) assignAddresses(m *metric) {
	if m.assigned == s.changes {
		return
	}
	m.assigned = s.changes
	clear(m.addresses)
	for _, p := range s.pods {
		at, ok := p.address(m.Name)
		if !ok {
			continue
		}
		if other, taken := m.addresses[at]; !taken || p.after(other) {
			m.addresses[at] = p
		}
	}
}

// after says whether p started after the other; at the same second, the one that is not being deleted did.
func (p *pod) after(other *pod) bool {
	if !p.Started.Equal(other.Started) {
		return p.Started.After(other.Started)
	}
	if p.Deleting != other.Deleting {
		return other.Deleting
	}
	return p.UID > other.UID // any order, as long as it is one
}

// replaced says whether another pod answers at this one's address, as of the last assignment. A pod that appeared since is not
// replaced by nobody.
func (m *metric) replaced(p *pod) bool {
	at, ok := p.address(m.Name)
	other, taken := m.addresses[at]
	return ok && taken && other != p
}
