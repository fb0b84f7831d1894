package store

import (
	"math"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// setPod says how a pod is now. Who leaves a group and comes back is new there.
func (o *oracle) setPod(p sample.Pod) {
	known := o.pods[p.UID]
	if known == nil {
		o.made++
		known = &oraclePod{made: o.made}
		o.pods[p.UID] = known
	}
	if p.Deleting && !known.Deleting {
		known.gone = known.has && known.silent
	}
	known.Pod = p
	for _, g := range o.groups {
		g.enrol(known)
	}
}

func (g *oracleGroup) enrol(p *oraclePod) {
	if p.Namespace != g.namespace || !g.selector.match(p.Labels) {
		delete(g.members, p.UID)
	} else if _, ok := g.members[p.UID]; !ok {
		g.members[p.UID] = oracleMember{}
	}
}

func (o *oracle) deletePod(uid types.UID) {
	for _, g := range o.groups {
		delete(g.members, uid)
	}
	delete(o.pods, uid)
}

// find returns the group of a selector, however it is spelt, and makes one if need be.
func (o *oracle) find(namespace string, selector terms) (g *oracleGroup, made bool) {
	for _, g := range o.groups {
		if g.namespace == namespace && g.selector.says() == selector.says() {
			return g, false
		}
	}
	g = &oracleGroup{
		o: o, namespace: namespace, selector: selector,
		hpas: map[string]smoothing.Override{}, members: map[types.UID]oracleMember{},
	}
	for _, p := range o.pods {
		g.enrol(p)
	}
	o.groups = append(o.groups, g)
	return g, true
}

func (o *oracle) setHPA(h HPA, selector terms, wish smoothing.Override) {
	o.deleteHPA(h)
	g, _ := o.find(h.Namespace, selector)
	g.hpas[h.Name] = wish
}

func (o *oracle) deleteHPA(h HPA) {
	for _, g := range o.groups {
		if g.namespace == h.Namespace {
			delete(g.hpas, h.Name)
		}
	}
}

// query asks for a selector, whose group it makes unless no pod matches.
func (o *oracle) query(now time.Time, namespace string, selector terms) {
	g, made := o.find(namespace, selector)
	g.queried = now
	switch {
	case !made:
	case len(g.members) == 0:
		o.groups = slices.DeleteFunc(o.groups, func(other *oracleGroup) bool { return other == g })
	default:
		o.dropIdle(now)
		g.settle(now)
	}
}

func (o *oracle) dropIdle(now time.Time) {
	o.groups = slices.DeleteFunc(o.groups, func(g *oracleGroup) bool {
		return len(g.hpas) == 0 && (g.queried.IsZero() || now.Sub(g.queried) >= 10*time.Minute)
	})
}

func (o *oracle) record(now time.Time, b sample.Batch) {
	for _, g := range o.groups {
		g.lose(now)
		g.gain(now)
	}
	o.failing = b.Err != nil
	if b.Err == nil {
		o.take(now, b)
	}
	for _, g := range o.groups {
		g.settle(now)
		g.step(now)
	}
	o.dropIdle(now)
}

func (o *oracle) take(now time.Time, b sample.Batch) {
	failed := map[types.UID]bool{}
	for _, p := range o.pods {
		p.answered = false
	}
	for _, f := range b.Failures {
		if p := o.pods[f.Pod]; p != nil {
			p.refused = true
			failed[f.Pod] = f.Reason != sample.ReasonNotReached // which says nothing of it
		}
	}
	for _, x := range b.Samples {
		p := o.pods[x.Pod]
		if p == nil {
			continue
		}
		if reason := o.refuses(p, x, now); reason != "" {
			o.drops[reason]++
			p.refused = true
			failed[x.Pod] = true
			continue
		}
		at := x.Time
		if at.After(now) {
			at = now
		}
		if !p.has || !at.Before(p.at) {
			p.x, p.at = x.Value, at
		}
		p.has, p.answered, p.refused = true, true, false
	}
	for uid, p := range o.pods {
		if p.answered || failed[uid] || !b.Partial {
			p.silent = !p.answered
			p.gone = p.gone || p.Deleting && p.silent
		}
	}
}

func (o *oracle) refuses(p *oraclePod, x sample.Sample, now time.Time) sample.Reason {
	if o.metric.Scraped && o.succeeded(p) {
		return sample.ReasonReusedIP
	}
	if !(x.Value >= 0 && x.Value >= o.metric.Min && x.Value <= o.metric.Max) || math.IsInf(x.Value, 1) {
		return sample.ReasonOutOfRange
	}
	if x.Time.IsZero() || p.Started.IsZero() || x.Time.Before(p.Started) {
		return sample.ReasonTooOld
	}
	if x.Time.Sub(now) > 5*time.Second {
		return sample.ReasonInFuture
	}
	return ""
}

// succeeded says whether another pod started later at the same IP and port, or as late, and is not being deleted as p is.
func (o *oracle) succeeded(p *oraclePod) bool {
	asked := func(p *oraclePod) bool { return len(p.Targets) > 0 && p.IP != "" && p.Running }
	for _, q := range o.pods {
		switch {
		case q == p || !asked(p) || !asked(q) || q.IP != p.IP || q.Targets[0].Port != p.Targets[0].Port:
		case !q.Started.Equal(p.Started):
			if q.Started.After(p.Started) {
				return true
			}
		case q.Deleting != p.Deleting:
			if p.Deleting {
				return true
			}
		case q.UID > p.UID:
			return true
		}
	}
	return false
}
