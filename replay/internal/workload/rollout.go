package workload

import (
	"slices"
	"time"
)

// A rolling update may have this many pods more than desired, and none fewer that are ready: the shipped Deployment's strategy.
const maxSurge = 1

// Roll begins a rolling update: every pod is replaced by one of a new template.
func (w *Workload) Roll(now time.Time) {
	w.generation++
	w.change(now)
}

// rolling says whether there are pods to be replaced.
func (w *Workload) rolling() bool {
	return slices.ContainsFunc(w.pods, func(p *Pod) bool { return !p.Deleting() && p.Generation < w.generation })
}

// roll goes on with a rolling update: an old pod leaves for each new one that became ready, and a new one is created for each that left.
func (w *Workload) roll(now time.Time) {
	if !w.rolling() {
		return
	}
	present, ready := w.present(), 0
	for _, p := range present {
		if p.IsReady(now) {
			ready++
		}
	}
	total := len(present)
	for _, p := range present {
		if p.Generation == w.generation {
			continue
		}
		switch {
		case !p.IsReady(now):
			p.delete(now)
			total--
		case ready > w.desired:
			p.delete(now)
			ready--
			total--
		}
	}
	for ; total < w.desired+maxSurge && w.rolling(); total++ {
		w.create(now)
	}
}
