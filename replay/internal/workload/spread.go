package workload

import "time"

// spread puts the users on pods: a draining pod keeps those it had, the ready ones share the others. Where there are fewer users than
// the draining pods had, these lose the same share each. Without a pod that is ready the others are nowhere.
func (w *Workload) spread(now time.Time) {
	ready, held := 0, 0.0
	for _, p := range w.pods {
		switch {
		case p.IsReady(now):
			ready++
		case p.Deleting():
			held += p.Users
		default:
			p.Users = 0
		}
	}
	if held > w.users {
		for _, p := range w.pods {
			if p.Deleting() {
				p.Users *= w.users / held
			}
		}
		held = w.users
	}
	for _, p := range w.pods {
		if p.IsReady(now) {
			p.Users = (w.users - held) / float64(ready)
		}
	}
}

// Served is how many users are on pods, within their capacity.
func (w *Workload) Served() float64 {
	served := 0.0
	for _, p := range w.pods {
		served += w.config.served(p)
	}
	return served
}
