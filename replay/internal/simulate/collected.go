package simulate

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/store"
	"userscale.dev/userscale/replay/internal/recording"
)

// collect has the adapter collect what it collected.
func (b *playback) collect(now time.Time, c *recording.Collection) {
	batch := b.batch(c)
	if b.adapter.missing[c.Metric] {
		now = b.seed(now, batch)
	}
	b.adapter.record(now, batch)
}

// batch is what the source brought. A pod that is gone is of no interest to the adapter.
func (b *playback) batch(c *recording.Collection) sample.Batch {
	batch := sample.Batch{Metric: c.Metric}
	for _, v := range c.Values {
		if pod, ok := b.named[v.Pod]; ok {
			batch.Samples = append(batch.Samples, sample.Sample{Pod: pod.UID, Value: v.Value, Time: b.at(v.At)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Failures)) {
		reason := sample.Reason(c.Failures[name])
		switch pod, ok := b.named[name]; {
		case reason == sample.ReasonCollection: // which is of all pods
			batch.Err = errors.New("the collection failed as a whole")
		case ok:
			batch.Failures = append(batch.Failures, sample.Failure{Pod: pod.UID, Reason: reason})
			batch.Partial = batch.Partial || reason == sample.ReasonNotReached
		}
	}
	return batch
}

// seed gives a smoothed total the state that it had, and returns when the first collection was: when its last sample was measured, or
// an interval before the beginning where somebody else had measured it long ago.
//
// A total begins with the first sum of its pods' values. So the adapter is first told of one that is the recorded total, in even shares:
// the values themselves follow at the same moment, and in no time nothing is smoothed.
func (b *playback) seed(now time.Time, first sample.Batch) time.Time {
	at := now.Add(-b.metric(first.Metric).Interval)
	even := sample.Batch{Metric: first.Metric}
	for _, s := range first.Samples {
		if s.Time.After(at) {
			at = s.Time
		}
		if i := slices.IndexFunc(b.pods, func(p *corev1.Pod) bool { return p.UID == s.Pod }); b.pods[i].Status.Phase == corev1.PodRunning {
			even.Samples = append(even.Samples, s)
		}
	}
	if at.After(now) {
		at = now
	}
	total, ok := b.totals[first.Metric]
	if !ok {
		return at
	}
	for i := range even.Samples {
		even.Samples[i].Value = total / float64(len(even.Samples))
	}
	b.adapter.record(at, even)
	for _, t := range b.adapter.store.Totals(at) {
		if t.Metric == first.Metric && math.Abs(t.Smoothed-total) > 1e-9*max(total, 1) {
			b.err = fmt.Errorf("totals: %s: smoothed %g: allowed: what the pods with a value at 0 can have: of them %g is accepted",
				t.Metric, total, t.Smoothed)
		}
	}
	return at
}

func (b *playback) metric(name string) *store.Metric {
	i := slices.IndexFunc(b.policy.Metrics, func(m store.Metric) bool { return m.Name == name })
	return &b.policy.Metrics[i]
}

// planUnseen puts on the agenda the collections that nobody saw from outside, because they brought nothing new: what a Prometheus relays
// changes less often than it is asked for. A total moves at each of them all the same.
func (b *playback) planUnseen(end time.Time) {
	for i := range b.policy.Settings.Metrics {
		m := &b.policy.Settings.Metrics[i]
		var last time.Time
		for j := range b.recording.Events {
			e := &b.recording.Events[j]
			if e.Collection == nil || e.Collection.Metric != m.Name {
				continue
			}
			at := b.at(e.T)
			if !last.IsZero() && at.Sub(last) > longestGap(m) {
				b.repeat(m, last, at.Add(-m.CollectEvery()/2))
			}
			last = at
		}
		if !last.IsZero() {
			b.repeat(m, last, end)
		}
	}
}

// longestGap is how far apart two collections can be of which the second one waited for a pod in vain, with some room.
func longestGap(m *config.Metric) time.Duration {
	gap := 3 * m.CollectEvery() / 2
	if m.Pods != nil {
		gap = max(gap, m.CollectEvery()+m.Pods.Timeout.Duration+m.CollectEvery()/10)
	}
	return gap
}

// errUnchanged makes a collection one of which time alone is known.
var errUnchanged = errors.New("nothing new was seen")

// repeat has a metric collected with no news, an interval after the last time and so on, until a moment.
func (b *playback) repeat(m *config.Metric, last, until time.Time) {
	next := last.Add(m.CollectEvery())
	if !next.Before(until) {
		return
	}
	b.agenda.add(next, func(now time.Time) {
		b.adapter.record(now, sample.Batch{Metric: m.Name, Err: errUnchanged})
		b.repeat(m, now, until)
	})
}
