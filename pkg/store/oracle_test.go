package store

import (
	"maps"
	"math"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// oracle is one metric's pods and groups, computed slowly and plainly from the rules: one pod after the other, every sum from the
// start, and who is in a group found by going through its selector. It shares no code with the store.
type oracle struct {
	metric  Metric
	pods    map[types.UID]*oraclePod
	groups  []*oracleGroup
	failing bool // the last collection failed as a whole
	drops   map[sample.Reason]uint64
	made    int
}

type oraclePod struct {
	sample.Pod
	made     int // in the order of their appearance
	has      bool
	x        float64
	at       time.Time // when x was measured
	answered bool      // the last collection that did not fail brought a value
	silent   bool      // the last collection that says so brought none; a partial one says so of failures only
	refused  bool      // the last that was said of it was a failure
	gone     bool      // being deleted and no longer answering
}

type oracleGroup struct {
	o         *oracle
	namespace string
	selector  terms
	hpas      map[string]smoothing.Override // none: made by a query
	queried   time.Time
	members   map[types.UID]oracleMember
	s         float64
	at        time.Time
	seeded    bool
}

// oracleMember is in X; or it is not, but its load is known to be there, of which it took a part of S along.
type oracleMember struct {
	in, covered bool
	took        float64
}

func newOracle(m Metric) *oracle {
	return &oracle{metric: m, pods: map[types.UID]*oraclePod{}, drops: map[sample.Reason]uint64{}}
}

func (o *oracle) usable(p *oraclePod, now time.Time) bool {
	return p.Running && !p.gone && p.has && !now.After(p.at.Add(o.metric.MaxAge))
}

// expected says whether a pod should have a value.
func (o *oracle) expected(p *oraclePod, now time.Time) bool {
	return p.Running && !p.Deleting &&
		(p.has || p.Ready && !p.ReadyTime.IsZero() && now.After(p.ReadyTime.Add(2*o.metric.Interval)))
}

// uids are the members in the order of their names.
func (g *oracleGroup) uids() []types.UID {
	return slices.SortedFunc(maps.Keys(g.members), func(a, b types.UID) int {
		if p, q := g.o.pods[a], g.o.pods[b]; p.Name != q.Name {
			return compareText(p.Name, q.Name)
		}
		return compareText(string(a), string(b))
	})
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// counted and departing are the members in X.
func (g *oracleGroup) counted() []*oraclePod   { return g.inX(false) }
func (g *oracleGroup) departing() []*oraclePod { return g.inX(true) }

func (g *oracleGroup) inX(deleting bool) (pods []*oraclePod) {
	for _, uid := range g.uids() {
		if p := g.o.pods[uid]; g.members[uid].in && p.Deleting == deleting {
			pods = append(pods, p)
		}
	}
	return pods
}

func sum(pods []*oraclePod) (x float64) {
	for _, p := range pods {
		x += p.x
	}
	return x
}

func (g *oracleGroup) x() float64 { return sum(g.counted()) + sum(g.departing()) }

// lose takes the pods whose value is too old out of S, one after the other; the load of those that ended has moved.
func (g *oracleGroup) lose(now time.Time) {
	for _, uid := range g.uids() {
		if p := g.o.pods[uid]; !p.Running || p.gone {
			g.members[uid] = oracleMember{}
		}
	}
	for _, uid := range g.uids() {
		if g.members[uid].in && !g.o.usable(g.o.pods[uid], now) {
			g.loseOne(uid)
		}
	}
}

func (g *oracleGroup) loseOne(uid types.UID) {
	before, counted := g.x(), len(g.counted())
	lost := oracleMember{covered: true}
	if before > 0 {
		lost.took = g.s * (g.o.pods[uid].x / before)
	}
	g.members[uid] = lost
	switch {
	case len(g.counted())+len(g.departing()) == 0:
		g.s, g.seeded = 0, false
	case before > 0:
		g.s *= g.x() / before
	case !g.o.pods[uid].Deleting:
		g.s *= float64(counted-1) / float64(counted)
	}
}

// gain takes in the pods that have a value and were not in X: first those whose load moved here, then those that return.
func (g *oracleGroup) gain(now time.Time) {
	var returning []types.UID
	for _, uid := range g.uids() {
		m := g.members[uid]
		switch {
		case m.in || !g.o.usable(g.o.pods[uid], now):
		case m.covered:
			returning = append(returning, uid)
		default:
			g.members[uid] = oracleMember{in: true}
		}
	}
	s, x := g.s, g.x()
	for _, uid := range returning {
		brings := g.o.pods[uid].x
		if x > 0 {
			brings = math.Min(s/x*brings, math.Max(brings, g.members[uid].took))
		}
		if g.seeded {
			g.s += brings
		}
		g.members[uid] = oracleMember{in: true}
	}
}

// seed starts S with X, once there is something to serve. The pods that should have had a value are coverage when they report.
func (g *oracleGroup) seed(now time.Time) {
	if g.seeded || len(g.counted()) == 0 {
		return
	}
	g.s, g.at, g.seeded = g.x(), now, true
	for uid, m := range g.members {
		if p := g.o.pods[uid]; !m.in && p.Running && !p.gone {
			m.covered = true
			g.members[uid] = m
		}
	}
}

func (g *oracleGroup) settle(now time.Time) {
	g.lose(now)
	g.gain(now)
	g.seed(now)
}

// step moves S towards X by the time that passed, of which no more counts than three intervals, or 5 s if that is more.
func (g *oracleGroup) step(now time.Time) {
	if !g.seeded {
		return
	}
	dt, x, h := min(now.Sub(g.at), max(3*g.o.metric.Interval, 5*time.Second)), g.x(), g.halfLives()
	half := h.Fall
	if x > g.s {
		half = h.Rise
	}
	switch {
	case dt > 0 && half == 0:
		g.s = x
	case dt > 0:
		g.s = x + (g.s-x)*math.Pow(2, -dt.Seconds()/half.Seconds())
	}
	g.at = now
}

// halfLives are the configured ones, or what the first HPA by name that has a wish wants.
func (g *oracleGroup) halfLives() smoothing.HalfLives {
	h := g.o.metric.Smoothing
	for _, name := range slices.Sorted(maps.Keys(g.hpas)) {
		wish := g.hpas[name]
		if wish.Rise == nil && wish.Fall == nil {
			continue
		}
		if wish.Rise != nil {
			h.Rise = *wish.Rise
		}
		if wish.Fall != nil {
			h.Fall = *wish.Fall
		}
		break
	}
	return h
}

// seen is the group as a reader sees it, which leaves the group as it is.
func (g *oracleGroup) seen(now time.Time) *oracleGroup {
	c := *g
	c.members = maps.Clone(g.members)
	c.settle(now)
	return &c
}
