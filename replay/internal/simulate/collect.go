package simulate

import (
	"errors"
	"time"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/replay/internal/workload"
)

// The failures of a scrape, as the scraper names them.
var (
	errTimeout = errors.New("no complete answer within the timeout")
	errRefused = errors.New("connection refused")
)

// collection measures one metric for one adapter, as its source would: it asks the pods themselves, or who has asked them before.
type collection struct {
	metric  *config.Metric
	stream  uint64 // of the lost scrapes
	turn    uint64
	targets []sample.Pod                        // reused
	samples []sample.Sample                     // likewise, by collections that are over when they are made
	rates   map[int]*smoothing.Counter          // of pods that have a counter
	relayed func(*workload.Pod) (relayed, bool) // what somebody else measured of a pod
}

// relayed is a value that did not come from the pod just now.
type relayed struct {
	value float64
	at    time.Time
}

// collect returns what one collection that begins now brings, and how long it takes.
func (c *collection) collect(w *world, a *adapter, now time.Time) (sample.Batch, time.Duration) {
	c.turn++
	b := sample.Batch{Metric: c.metric.Name, Samples: c.samples[:0]}
	if c.metric.Pods == nil {
		c.ask(w, &b, now)
		return b, 0
	}
	took := time.Duration(0)
	c.targets = a.store.Targets(c.metric.Name, c.targets[:0])
	for i := range c.targets {
		p, ok := w.byUID[c.targets[i].UID]
		switch {
		case !ok || !p.Answers(now):
			b.Failures = append(b.Failures, sample.Failure{Pod: c.targets[i].UID, Reason: sample.ReasonConnection, Err: errRefused})
		case w.chance.lost(w.config.Scrapes.Loss, c.stream<<32+uint64(p.Ordinal), c.turn):
			b.Failures = append(b.Failures, sample.Failure{Pod: c.targets[i].UID, Reason: sample.ReasonTimeout, Err: errTimeout})
			took = c.metric.Pods.Timeout.Duration
		default:
			b.Samples = append(b.Samples, sample.Sample{Pod: c.targets[i].UID, Value: c.users(w.workload, p, now), Time: now})
		}
	}
	c.samples = b.Samples
	if took > 0 { // they are not recorded yet
		c.samples = nil
	}
	return b, took
}

// users is what a pod's body says, by the way that is configured: a moment's gauge, or the exact average since the last reading.
func (c *collection) users(w *workload.Workload, p *workload.Pod, now time.Time) float64 {
	if c.metric.Pods.Counter == "" && c.metric.Pods.CounterSeries == "" {
		return p.Users
	}
	w.Settle(now)
	counter, ok := c.rates[p.Ordinal]
	if !ok {
		counter = &smoothing.Counter{MaxGap: c.metric.MaxAge.Duration}
		c.rates[p.Ordinal] = counter
	}
	if rate, ok := counter.Rate(p.UserSeconds, now); ok {
		return rate
	}
	return p.Users
}

// ask takes what somebody else knows of all pods at once.
func (c *collection) ask(w *world, b *sample.Batch, now time.Time) {
	for _, p := range w.workload.Pods() {
		if !p.IsRunning(now) {
			continue
		}
		if x, ok := c.relayed(p); ok {
			b.Samples = append(b.Samples, sample.Sample{Pod: uid(p), Value: x.value, Time: x.at})
		}
	}
}
