package store

import (
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"userscale.dev/userscale/pkg/sample"
)

// compare holds all that the store says against the oracle. It asks for the groups that queries made without that counting as a
// query, so that they still get idle.
func (h *history) compare(t *rapid.T) {
	queried := map[*group]time.Time{}
	for _, ns := range h.namespaces {
		for _, g := range ns.groups {
			queried[g] = g.queried
		}
	}
	var groups Groups
	for _, g := range h.o.groups {
		if len(g.hpas) > 0 {
			groups.HPA++
		} else {
			groups.AdHoc++
		}
		h.compareGroup(t, g)
		h.compareDescriptions(t, g)
	}
	if got := h.Groups(); got != groups {
		t.Fatalf("there are %+v groups, want %+v", got, groups)
	}
	h.comparePods(t)
	for g, at := range queried {
		g.queried = at
	}
	for _, d := range h.Drops() {
		if d.Metric == "users" && d.Count != h.o.drops[d.Reason] {
			t.Fatalf("dropped %d for %s, want %d", d.Count, d.Reason, h.o.drops[d.Reason])
		}
	}
}

// near is how far two sums that were taken in another order can be apart.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(b)) }

func (g *oracleGroup) coverage(now time.Time) sample.Coverage {
	c := sample.Coverage{
		Matched: len(g.members), Counted: len(g.counted()), Departing: len(g.departing()), Minimum: g.o.metric.MinCoverage,
	}
	for uid := range g.members {
		if g.o.expected(g.o.pods[uid], now) {
			c.Expected++
		}
	}
	return c
}

// withheld says whether a query for the group gets an error.
func (g *oracleGroup) withheld(now time.Time) bool {
	c := g.coverage(now)
	return c.Counted == 0 || float64(c.Counted) < c.Minimum*float64(c.Expected)
}

// compareGroup holds the values that are served for a group, smoothed and raw, against the oracle's.
func (h *history) compareGroup(t *rapid.T, unseen *oracleGroup) {
	g := unseen.seen(h.now)
	values, err := h.Group(h.now, "users", g.namespace, h.parse(g.selector))
	raw, rawErr := h.Group(h.now, "users_raw", g.namespace, h.parse(g.selector))
	g.compareTotal(t, h, values, err)
	var notFresh, rawNotFresh *sample.NotFreshError
	switch c := g.coverage(h.now); {
	case c.Matched == 0:
		if !errors.Is(err, sample.ErrNoPod) || !errors.Is(rawErr, sample.ErrNoPod) {
			t.Fatalf("%q: %v and %v, %v and %v, want that no pod matches", g.selector, values, raw, err, rawErr)
		}
		return
	case g.withheld(h.now):
		if !errors.As(err, &notFresh) || !errors.As(rawErr, &rawNotFresh) {
			t.Fatalf("%q: %v and %v, %v and %v, want none", g.selector, values, raw, err, rawErr)
		}
		if notFresh.Matched != c.Matched || notFresh.Expected != c.Expected || notFresh.Counted != c.Counted {
			t.Fatalf("%q: %+v, want %+v", g.selector, notFresh, c)
		}
		return
	}
	if err != nil || rawErr != nil {
		t.Fatalf("%q: %v and %v, want values", g.selector, err, rawErr)
	}
	g.compareShares(t, values)
	for i, p := range g.counted() {
		if raw[i].Name != p.Name || raw[i].Milli != int64(math.Round(p.x*1000)) || !raw[i].Time.Equal(p.at) || raw[i].Window != 0 {
			t.Fatalf("%q: raw %+v, want %v at %v", g.selector, raw[i], p.x, p.at)
		}
	}
}

func (g *oracleGroup) compareShares(t *rapid.T, values []sample.Value) {
	pods, h := g.counted(), g.halfLives()
	if len(values) != len(pods) {
		t.Fatalf("%q: %+v, want %d", g.selector, values, len(pods))
	}
	alpha := 1.0
	if slower := max(h.Rise, h.Fall); slower > 0 {
		alpha = 1 - math.Pow(2, -5/slower.Seconds())
	}
	var sum int64
	all := 0.0
	for i, p := range pods {
		sum += values[i].Milli
		all += p.x
	}
	// The oracle's S may round to the neighbour where it is half-way between two.
	if s := g.s * 1000; math.Abs(float64(sum)-s) > 0.5+1e-9*(1000+s) {
		t.Fatalf("%q: %+v sum to %d, want %v", g.selector, values, sum, s)
	}
	for i, p := range pods {
		v, share := values[i], float64(sum)/float64(len(pods))
		if all > 0 {
			share = float64(sum) * p.x / all
		}
		switch {
		case v.Namespace != p.Namespace || v.Name != p.Name || !v.Time.Equal(p.at):
			t.Fatalf("%q: %+v, want %s's of %v", g.selector, v, p.Name, p.at)
		case v.Milli < 0 || math.Abs(float64(v.Milli)-share) > 1+1e-9*share:
			t.Fatalf("%q: %+v, want %v of %v", g.selector, v, share, g.s)
		case math.Abs(v.Window.Seconds()-5*(2-alpha)/alpha) > 1e-6:
			t.Fatalf("%q: the window is %v, half-lives are %v", g.selector, v.Window, h)
		}
	}
}

// compareTotal wants the total that an object is served to be the sum of what its pods are served, of the time of the oldest sample
// in it, departing pods' included; and to be withheld where they are.
func (g *oracleGroup) compareTotal(t *rapid.T, h *history, values []sample.Value, withheld error) {
	got, err := h.Total(h.now, "users_total", g.namespace, h.parse(g.selector))
	if withheld != nil {
		if err == nil || strings.ReplaceAll(err.Error(), "users_total", "users") != withheld.Error() {
			t.Fatalf("%q: the total is %+v, %v, while the pods have none: %v", g.selector, got, err, withheld)
		}
		return
	}
	want := sample.Value{Namespace: g.namespace, Window: values[0].Window}
	for _, v := range values {
		want.Milli += v.Milli
	}
	for _, p := range slices.Concat(g.counted(), g.departing()) {
		if want.Time.IsZero() || p.at.Before(want.Time) {
			want.Time = p.at
		}
	}
	if err != nil || got != want {
		t.Fatalf("%q: the total is %+v, %v, want %+v", g.selector, got, err, want)
	}
}
