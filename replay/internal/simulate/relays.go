package simulate

import (
	"time"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/replay/internal/workload"
)

// relays are who measures pods besides the adapter: dcgm-exporter, which refreshes what it shows now and then, and a Prometheus, which
// scrapes it and the pods.
type relays struct {
	gpu        map[int]float64 // as the exporters show it
	prometheus map[int]scraped
}

// scraped is what Prometheus has of a pod.
type scraped struct {
	at         time.Time
	users, gpu float64
	answered   bool // users is known
	shown      bool // gpu is
}

// refresh has the exporters measure.
func (r *relays) refresh(w *workload.Workload, now time.Time) {
	clear(r.gpu)
	for _, p := range w.Pods() {
		if p.IsRunning(now) {
			r.gpu[p.Ordinal] = w.GPU(p)
		}
	}
}

// scrape has Prometheus scrape.
func (r *relays) scrape(w *workload.Workload, now time.Time) {
	clear(r.prometheus)
	for _, p := range w.Pods() {
		gpu, shown := r.gpu[p.Ordinal]
		r.prometheus[p.Ordinal] = scraped{at: now, users: p.Users, answered: p.Answers(now), gpu: gpu, shown: shown}
	}
}

// of returns who is asked for a metric that the pods are not asked for themselves. A query is about users: nobody knows what else a
// pod of the model could have.
func (r *relays) of(m *config.Metric) func(*workload.Pod) (relayed, bool) {
	switch {
	case m.Prometheus != nil:
		return func(p *workload.Pod) (relayed, bool) {
			x, ok := r.prometheus[p.Ordinal]
			return relayed{x.users, x.at}, ok && x.answered
		}
	case m.DCGM.Prometheus != nil:
		return func(p *workload.Pod) (relayed, bool) {
			x, ok := r.prometheus[p.Ordinal]
			return relayed{x.gpu, x.at}, ok && x.shown
		}
	default:
		return func(p *workload.Pod) (relayed, bool) {
			gpu, ok := r.gpu[p.Ordinal]
			return relayed{gpu, time.Now()}, ok
		}
	}
}
