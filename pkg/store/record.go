package store

import (
	"math"
	"time"

	"userscale.dev/userscale/pkg/sample"
)

// maxSkew is how far another machine's clock may be ahead.
const maxSkew = 5 * time.Second

// Drop says how many samples of a metric were not accepted, by reason.
type Drop struct {
	Metric string
	Reason sample.Reason
	Count  uint64
}

// Record takes in what one collection brought and steps the metric's smoothed totals to now.
//
// A sample is dropped, which counts as a failure of its pod, if it is not a number in the metric's range, was measured before the
// pod started, or lies more than 5 s in the future; one less far ahead was measured now at the latest, so now is its time. A sample
// older than the one held changes nothing. Samples of unknown pods and metrics are ignored: pods vanish between question and answer.
//
// A departing pod that is not among the samples has stopped answering, whether the source reports failures or, as a query does,
// just leaves it out; a partial collection says nothing of the pods that it leaves out. One that failed as a whole says nothing of any
// pod: only time goes on.
func (s *Store) Record(now time.Time, b sample.Batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, ok := s.served[b.Metric]
	if !ok || name.raw {
		return
	}
	// What became too old until now is lost even if it comes back at this very moment; otherwise it would depend on whether
	// somebody asked in between.
	s.advance(name.metric, now, (*group).cover)
	s.metrics[name.metric].failing = b.Err
	if b.Err == nil {
		s.take(name.metric, now, b)
	}
	s.advance(name.metric, now, func(g *group, i int, m *metric, now time.Time) {
		g.settle(i, m, now)
		g.totals[i].smoothed.Step(g.totals[i].raw, now)
	})
	s.dropIdle(now)
}

func (s *Store) advance(i int, now time.Time, do func(*group, int, *metric, time.Time)) {
	for _, ns := range s.namespaces {
		for _, g := range ns.groups {
			do(g, i, &s.metrics[i], now)
		}
	}
}

// take stores the samples and failures of a collection.
func (s *Store) take(i int, now time.Time, b sample.Batch) {
	m := &s.metrics[i]
	m.collections++
	if !b.Partial {
		m.whole = m.collections
	}
	if m.Scraped {
		s.assignAddresses(m)
	}
	for _, f := range b.Failures {
		if p, ok := s.pods[f.Pod]; ok {
			p.series[i].fail(f.Reason, f.Err, m.collections)
		}
	}
	for _, x := range b.Samples {
		p, ok := s.pods[x.Pod]
		if !ok {
			continue
		}
		if reason := m.refuses(x, p, now); reason != "" {
			m.drops[reason]++
			p.series[i].fail(reason, nil, m.collections)
			continue
		}
		p.series[i].accept(x, now, m.collections)
	}
	for p := range s.departing {
		v := &p.series[i]
		if says := !b.Partial || v.failed == m.collections; says && v.collection != m.collections {
			v.gone = true
		}
	}
}

// refuses says why a sample cannot be used; empty if it can.
func (m *metric) refuses(x sample.Sample, p *pod, now time.Time) sample.Reason {
	switch {
	case m.Scraped && m.replaced(p):
		return sample.ReasonReusedIP
	case math.IsNaN(x.Value) || x.Value < max(m.Min, 0) || x.Value > m.Max || math.IsInf(x.Value, 0):
		return sample.ReasonOutOfRange
	case x.Time.IsZero() || p.Started.IsZero() || x.Time.Before(p.Started):
		return sample.ReasonTooOld
	case x.Time.After(now.Add(maxSkew)):
		return sample.ReasonInFuture
	default:
		return ""
	}
}

// fail notes why there is no value. That a pod's turn did not come is a reason, and no news of the pod.
func (v *series) fail(reason sample.Reason, err error, collection uint64) {
	v.reason, v.err = reason, err
	if reason != sample.ReasonNotReached {
		v.failed = collection
	}
}

func (v *series) accept(x sample.Sample, now time.Time, collection uint64) {
	v.collection, v.reason, v.err = collection, "", nil
	if x.Time.After(now) {
		x.Time = now
	}
	if !x.Time.Before(v.time) {
		v.value, v.time, v.note = x.Value, x.Time, x.Note
	}
}

// Drops returns, for every metric and every reason for which a sample can be dropped, how often that happened.
func (s *Store) Drops() []Drop {
	s.mu.Lock()
	defer s.mu.Unlock()
	var drops []Drop
	for i := range s.metrics {
		m := &s.metrics[i]
		for _, reason := range []sample.Reason{sample.ReasonReusedIP, sample.ReasonOutOfRange, sample.ReasonTooOld, sample.ReasonInFuture} {
			drops = append(drops, Drop{Metric: m.Name, Reason: reason, Count: m.drops[reason]})
		}
	}
	return drops
}
