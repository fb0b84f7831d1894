package store

import (
	"cmp"
	"errors"
	"maps"
	"math"
	"slices"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"

	"userscale.dev/userscale/pkg/sample"
)

// compareDescriptions holds what is said of a group's HPAs against the oracle.
func (h *history) compareDescriptions(t *rapid.T, unseen *oracleGroup) {
	g := unseen.seen(h.now)
	for name := range g.hpas {
		hpa := HPA{g.namespace, name}
		totals := h.Totals(h.now)
		i := slices.IndexFunc(totals, func(total Total) bool { return total.HPA == hpa && total.Metric == "users" })
		d, ok := h.Describe(h.now, hpa)
		if i < 0 || !ok {
			t.Fatalf("HPA %v is not known", hpa)
		}
		same, ok := h.DescribePods(h.now, g.namespace, h.parse(g.selector))
		if want := unseen.hpas[name]; d.Override != want {
			t.Fatalf("HPA %v asks for %+v, want %+v", hpa, d.Override, want)
		}
		same.Override = d.Override // which is an HPA's own
		if diff := gocmp.Diff(d, same, gocmp.Comparer(sameError)); ok && diff != "" || ok != (len(g.members) > 0) {
			t.Fatalf("HPA %v and its pods (-hpa +pods), %v:\n%s", hpa, ok, diff)
		}
		m, c := described(d, "users"), g.coverage(h.now)
		if totals[i].Coverage != c || m.Coverage != c || !near(totals[i].Raw, g.x()) || m.Raw != totals[i].Raw {
			t.Fatalf("HPA %v: %+v and %+v, want X %v, %+v", hpa, totals[i], m, g.x(), c)
		}
		if g.seeded && (!near(totals[i].Smoothed, g.s) || m.Smoothed != totals[i].Smoothed) {
			t.Fatalf("HPA %v: %+v and %+v, want S %v", hpa, totals[i], m, g.s)
		}
		if (m.Withheld != nil) != g.withheld(h.now) || m.Smoothing != g.halfLives() {
			t.Fatalf("HPA %v: withheld is %v, half-lives are %v, want %v and %v",
				hpa, m.Withheld, m.Smoothing, g.withheld(h.now), g.halfLives())
		}
		h.compareDescribed(t, g, m)
	}
}

func sameError(a, b error) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Error() == b.Error())
}

// compareDescribed holds the pods of a description against the oracle, and their shares against what a query gets.
func (h *history) compareDescribed(t *rapid.T, g *oracleGroup, m MetricDescription) {
	if len(m.Pods) != len(g.members) {
		t.Fatalf("%q: %+v, want %d pods", g.selector, m.Pods, len(g.members))
	}
	shares := map[types.UID]int64{}
	if values, err := h.Group(h.now, "users", g.namespace, h.parse(g.selector)); err == nil {
		for i, p := range g.counted() {
			shares[p.UID] = values[i].Milli
		}
	}
	for i, uid := range g.uids() {
		p, got := h.o.pods[uid], m.Pods[i]
		if got.UID != uid || got.Name != p.Name || got.State != h.o.state(p, h.now) || got.Expected != h.o.expected(p, h.now) {
			t.Fatalf("%q: %+v, want %s %s, expected %v", g.selector, got, uid, h.o.state(p, h.now), h.o.expected(p, h.now))
		}
		if p.has && (got.Value != p.x || !got.Time.Equal(p.at)) || m.Withheld == nil && got.Share != shares[uid] {
			t.Fatalf("%q: %+v, want %v at %v, served %d", g.selector, got, p.x, p.at, shares[uid])
		}
	}
}

func (o *oracle) state(p *oraclePod, now time.Time) sample.State {
	switch {
	case !p.Running:
		return sample.StateNotRunning
	case p.gone:
		return sample.StateGone
	case !p.has:
		return sample.StateAbsent
	case now.After(p.at.Add(o.metric.MaxAge)):
		return sample.StateStale
	case p.Deleting:
		return sample.StateDeparting
	case p.answered && !p.refused && !o.failing:
		return sample.StateFresh
	}
	return sample.StateHeld
}

// comparePods asks for each pod by its name: it is served its share in the group of the first HPA that selects it.
func (h *history) comparePods(t *rapid.T) {
	newest := map[[2]string]*oraclePod{}
	for _, p := range h.o.pods {
		at := [2]string{p.Namespace, p.Name}
		if newest[at] == nil || newest[at].made < p.made {
			newest[at] = p
		}
	}
	for at, p := range newest {
		got, err := h.Pod(h.now, "users", at[0], at[1])
		want, ok := h.podValue(p)
		var notFresh *sample.NotFreshError
		if ok && (err != nil || !sameValue(got, want)) || !ok && !errors.As(err, &notFresh) {
			t.Fatalf("%s by name: %+v, %v, want %+v, %v", p.UID, got, err, want, ok)
		}
	}
}

func sameValue(a, b sample.Value) bool {
	at := a.Time.Equal(b.Time)
	a.Time = b.Time
	return at && a == b
}

func (h *history) podValue(p *oraclePod) (sample.Value, bool) {
	if !h.o.usable(p, h.now) || p.Deleting {
		return sample.Value{}, false
	}
	raw := sample.Value{Namespace: p.Namespace, Name: p.Name, Milli: int64(math.Round(p.x * 1000)), Time: p.at}
	g := h.o.scalerOf(p)
	if g == nil {
		return raw, true
	}
	g = g.seen(h.now)
	i := slices.Index(g.counted(), p)
	values, err := h.Group(h.now, "users", g.namespace, h.parse(g.selector))
	if err != nil || i < 0 {
		return sample.Value{}, false
	}
	return values[i], true
}

func (o *oracle) scalerOf(p *oraclePod) *oracleGroup {
	var found []*oracleGroup
	for _, g := range o.groups {
		if len(g.hpas) > 0 && g.namespace == p.Namespace && g.selector.match(p.Labels) {
			found = append(found, g)
		}
	}
	if len(found) == 0 {
		return nil
	}
	first := func(g *oracleGroup) string { return slices.Sorted(maps.Keys(g.hpas))[0] }
	return slices.MinFunc(found, func(a, b *oracleGroup) int { return cmp.Compare(first(a), first(b)) })
}
