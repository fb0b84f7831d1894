package observe

import (
	"iter"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"userscale.dev/userscale/pkg/explain"
	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/recording"
)

// collections finds in each explanation what the adapter collected since the one before.
type collections struct {
	journal *journal
	names   map[string]string          // the smoothed metric's, by each name under which an HPA can ask for it
	scraped map[string]bool            // the metrics of which each pod is asked itself
	looked  time.Time                  // of the last explanation
	seen    map[string]map[string]seen // by metric and pod
}

// seen is what was last seen of a pod.
type seen struct {
	at     time.Time // of the sample
	value  float64
	failed string
}

func newCollections(j *journal, p *policy.Policy) *collections {
	c := &collections{journal: j, names: map[string]string{}, scraped: map[string]bool{}, seen: map[string]map[string]seen{}}
	for i := range p.Metrics {
		m := &p.Metrics[i]
		c.scraped[m.Name] = m.Scraped
		for _, name := range []string{m.Name, m.RawName, m.TotalName} {
			if name != "" {
				c.names[name] = m.Name
			}
		}
	}
	return c
}

// metrics are those of an explanation that the adapter measures, each once, by the smoothed metric's name.
func (c *collections) metrics(r *explain.Report) iter.Seq2[string, *explain.Metric] {
	return func(yield func(string, *explain.Metric) bool) {
		done := map[string]bool{}
		for i := range r.Metrics {
			m := &r.Metrics[i]
			name := c.names[m.Name]
			measured := name != "" && (m.Type == autoscalingv2.PodsMetricSourceType || m.Type == autoscalingv2.ObjectMetricSourceType)
			if !measured || done[name] {
				continue
			}
			done[name] = true
			if !yield(name, m) {
				return
			}
		}
	}
}

// take enters what is new in an explanation.
func (c *collections) take(r *explain.Report) {
	for name, m := range c.metrics(r) {
		c.metric(name, r.Time, m.Pods)
	}
	c.looked = r.Time
}

// metric enters a collection if any pod's sample is new, or the reason why there is none. The collection was after the last look, in which
// nothing of it was to be seen, and not before its newest sample. That of a metric that fails as a whole brings nothing.
func (c *collections) metric(name string, now time.Time, pods []explain.Pod) {
	before, after := c.seen[name], make(map[string]seen, len(pods))
	at, isNew := c.looked, false
	out := collected{metric: name, failures: map[string]string{}}
	for i := range pods {
		p := &pods[i]
		if p.Reason == string(sample.ReasonCollection) {
			return
		}
		was, is := before[p.Name], seen{failed: c.failure(name, p)}
		if p.Raw != nil && p.AgeSeconds != nil {
			is.at, is.value = now.Add(-duration(*p.AgeSeconds)), *p.Raw
		}
		after[p.Name] = is
		if is.failed != "" {
			out.failures[p.Name] = is.failed
			isNew = isNew || is.failed != was.failed
			continue
		}
		if newer(was, is) {
			isNew = true
			out.values = append(out.values, reading{p.Name, is.value, is.at})
			if is.at.After(at) {
				at = is.at
			}
		}
	}
	c.seen[name] = after
	if isNew {
		c.journal.collect(at, out)
	}
}

// newer says whether a sample is another one. Ages are in milliseconds, so that the same sample's time moves by one or two.
func newer(was, is seen) bool {
	return !is.at.IsZero() && (is.at.Sub(was.at) > 5*time.Millisecond || is.value != was.value)
}

// failure is why a pod that was asked gave no value; empty if it gave one, or was not asked. A pod that a collection of all pods at once
// says nothing of has no value, from when it runs on: nobody was asked then.
func (c *collections) failure(metric string, p *explain.Pod) string {
	switch reason := sample.Reason(p.Reason); reason {
	case sample.ReasonNoValue:
		if c.scraped[metric] {
			return p.Reason
		}
	case sample.ReasonNotReached, sample.ReasonTimeout, sample.ReasonConnection, sample.ReasonStatus, sample.ReasonTooLarge,
		sample.ReasonMalformed, sample.ReasonOutOfRange, sample.ReasonTooOld, sample.ReasonSharedGPU, sample.ReasonInFuture:
		return p.Reason
	}
	return "" // in other words than a collection's
}

// collected is a collection, by the adapter's clock.
type collected struct {
	metric   string
	values   []reading
	failures map[string]string
}

type reading struct {
	pod   string
	value float64
	at    time.Time
}

// collect enters a collection. The adapter can know a pod a moment before it is known here, and lists one for a moment after it is gone.
func (j *journal) collect(at time.Time, c collected) {
	j.mu.Lock()
	defer j.mu.Unlock()
	t := j.atLocked(at)
	for _, v := range c.values {
		if l, ok := j.pods[v.pod]; ok && l.present() {
			t = max(t, l.since)
		}
	}
	there := func(pod string) bool {
		l, ok := j.pods[pod]
		return ok && l.since <= t && t < l.until
	}
	out := &recording.Collection{Metric: c.metric, Failures: map[string]string{}}
	for _, v := range c.values {
		if there(v.pod) {
			out.Values = append(out.Values, recording.Value{Pod: v.pod, Value: v.value, At: seconds(v.at.Sub(j.began))})
		}
	}
	for pod, reason := range c.failures {
		if there(pod) {
			out.Failures[pod] = reason
		}
	}
	if len(out.Values)+len(out.Failures) > 0 {
		j.addLocked(recording.Event{T: t, Collection: out})
	}
}
