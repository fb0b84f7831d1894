package store

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// Description is what is known of an HPA's or an object's pods, for people.
type Description struct {
	Selector string
	Override smoothing.Override  // what the HPA asks for; of HPAs that share their pods, the first by name that asks is followed
	Metrics  []MetricDescription // in the order of the configuration
}

// MetricDescription is a group's total of one metric, and how it is made up.
type MetricDescription struct {
	Name, RawName, TotalName string

	MaxAge    time.Duration
	Smoothing smoothing.HalfLives // in force: the configuration's or an HPA's own
	Raw       float64             // over counted and departing pods
	Smoothed  float64             // unknown, not 0, unless a pod is counted
	Coverage  sample.Coverage
	Withheld  error            // what a query gets instead of values; nil if it gets values
	Pods      []PodDescription // all that match, sorted by name
}

// PodDescription is one pod's part in a total.
type PodDescription struct {
	UID      types.UID
	Name     string
	State    sample.State
	Expected bool          // it should have a value
	Reason   sample.Reason // why the last collection brought none; empty where it did
	Detail   string        // the same in words, where there are any
	Value    float64       // as last measured at Time
	Time     time.Time     // zero if there never was a value
	Note     string        // how Value came about; empty where there is nothing to say
	Share    int64         // of the smoothed total, in thousandths; 0 unless State is fresh or held
}

// Describe returns what is known of an HPA's pods, and false if the HPA or its pods' selector is not known.
func (s *Store) Describe(now time.Time, h HPA) (Description, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.hpas[h]
	if !ok {
		return Description{}, false
	}
	d := s.describeAll(g, now)
	d.Override = g.override(h.Name)
	return d, true
}

// DescribePods returns what is known of the pods that match a selector: of the group that Group and Total answer for. It is false if
// there are none.
func (s *Store) DescribePods(now time.Time, namespace string, selector labels.Selector) (Description, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.group(now, namespace, selector)
	if g == nil {
		return Description{}, false
	}
	return s.describeAll(g, now), true
}

func (s *Store) describeAll(g *group, now time.Time) Description {
	d := Description{Selector: g.selector.String(), Metrics: make([]MetricDescription, len(s.metrics))}
	for i := range s.metrics {
		d.Metrics[i] = s.describe(g, i, now)
	}
	return d
}

// override returns what an HPA of the group asks for.
func (g *group) override(name string) smoothing.Override {
	i := slices.IndexFunc(g.hpas, func(h scaler) bool { return h.name == name })
	return g.hpas[i].override
}

func (s *Store) describe(g *group, i int, now time.Time) MetricDescription {
	g = s.settled(g, i, now)
	m, t := &s.metrics[i], &g.totals[i]
	shares := map[types.UID]int64{}
	for _, part := range s.split(g, servedName{metric: i}) {
		shares[part.pod.UID] = part.milli
	}
	d := MetricDescription{
		Name: m.Name, RawName: m.RawName, TotalName: m.TotalName, MaxAge: m.MaxAge,
		Smoothing: t.smoothed.HalfLives, Raw: t.raw, Smoothed: t.smoothed.Value(),
		Coverage: g.coverage(i, m, now),
		Withheld: s.withheld(g, servedName{metric: i}, m.Name, now),
		Pods:     make([]PodDescription, len(g.members)),
	}
	for j := range g.members {
		p := g.members[j].pod
		v := &p.series[i]
		d.Pods[j] = PodDescription{
			UID: p.UID, Name: p.Name, State: m.state(p, v, now), Expected: m.expects(p, v, now),
			Value: v.value, Time: v.time, Note: v.note, Share: shares[p.UID],
		}
		d.Pods[j].Reason, d.Pods[j].Detail = m.reason(p, v)
	}
	return d
}

// reason says why the last collection brought no value of a pod; empty if it did, or if there is nothing to say.
func (m *metric) reason(p *pod, v *series) (sample.Reason, string) {
	target := p.Target(m.Name)
	switch {
	case m.Scraped && (target == nil || target.Problem != ""):
		return sample.ReasonNotScraped, problem(target)
	case m.Scraped && m.replaced(p):
		return sample.ReasonReusedIP, ""
	case m.failing != nil:
		return sample.ReasonCollection, m.failing.Error()
	case m.Unnamed != "" && p.Running && max(v.collection, v.failed) < m.whole:
		return sample.ReasonNoValue, m.Unnamed
	case v.err != nil:
		return v.reason, v.err.Error()
	default:
		return v.reason, ""
	}
}

func problem(target *sample.Target) string {
	if target == nil {
		return ""
	}
	return target.Problem
}
