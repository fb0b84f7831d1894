package store

import "userscale.dev/userscale/pkg/sample"

// address is where a pod is asked. On a host's network several pods share an IP, so the port belongs to it.
type address struct {
	ip   string
	port int
}

func (p *pod) address() (address, bool) {
	if p.Target == nil || p.IP == "" || !p.Running {
		return address{}, false
	}
	return address{p.IP, p.Target.Port}, true
}

// Targets appends to buf, in no particular order, the pods to scrape: those that opted in, have an IP and run. Pods being
// deleted are among them, since what they still carry counts. Of two pods with the same address, the one that started last is the one
// that answers there: the other's end is still to be heard of. The caller owns buf.
func (s *Store) Targets(buf []sample.Pod) []sample.Pod {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.assignAddresses()
	for _, p := range s.addresses {
		buf = append(buf, p.Pod)
	}
	return buf
}

// assignAddresses finds the pod that answers at each address.
func (s *Store) assignAddresses() {
	clear(s.addresses)
	for _, p := range s.pods {
		at, ok := p.address()
		if !ok {
			continue
		}
		if other, taken := s.addresses[at]; !taken || p.after(other) {
			s.addresses[at] = p
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
func (s *Store) replaced(p *pod) bool {
	at, ok := p.address()
	other, taken := s.addresses[at]
	return ok && taken && other != p
}
