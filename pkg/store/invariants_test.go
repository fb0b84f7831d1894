package store

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"

	"userscale.dev/userscale/pkg/sample"
)

// TestAskingChangesNothing plays one history to two stores, of which one is asked everything at random moments.
func TestAskingChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(t)
		actions := h.actions()
		delete(actions, "query") // which makes a group, and says so
		for i := range 5 {
			actions[fmt.Sprint("ask ", i)] = h.compare
		}
		t.Repeat(actions)
		if diff := cmp.Diff(h.quiet.Totals(h.now), h.Totals(h.now)); diff != "" {
			t.Fatalf("not asked and asked differ:\n%s", diff)
		}
	})
}

// TestSplitInterval collects the same values twice as often for a while: below the bound of a step only the time counts.
func TestSplitInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := asked(t)
		once, twice := newFleet(m), newFleet(m)
		for i := range rapid.IntRange(1, 5).Draw(t, "pods") {
			once.run(fmt.Sprint("pod-", i))
			twice.run(fmt.Sprint("pod-", i))
		}
		for range rapid.IntRange(1, 8).Draw(t, "ticks") {
			once.spread(t, float64(rapid.IntRange(0, 1000).Draw(t, "load")))
			twice.load = once.load
			whole := time.Duration(rapid.Int64Range(2, int64(m.MaxAge)).Draw(t, "interval"))
			part := time.Duration(rapid.Int64Range(1, int64(whole)-1).Draw(t, "part"))
			once.tick(whole)
			twice.tick(part)
			if rapid.Bool().Draw(t, "asks") {
				twice.s()
			}
			twice.tick(whole - part)
			// The first of twice's collections seeds it; both have seen one value only.
			if a, b := once.s(), twice.s(); !near(a, b) {
				t.Fatalf("S is %v in one step of %v and %v in two, the first of %v", a, whole, b, part)
			}
		}
	})
}

// TestOrderInBatch hands over the same samples in two orders. No two of one pod have the same time: the later one would hold.
func TestOrderInBatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stores := [2]*fleet{newFleet(users()), newFleet(users())}
		pods := rapid.IntRange(1, 6).Draw(t, "pods")
		for range rapid.IntRange(1, 10).Draw(t, "ticks") {
			d := time.Duration(rapid.IntRange(4, 12).Draw(t, "interval")) * time.Second
			b := sample.Batch{Metric: "users"}
			for i := range pods {
				for _, late := range rapid.SliceOfNDistinct(rapid.IntRange(0, 3), 0, 2, rapid.ID[int]).Draw(t, "late") {
					b.Samples = append(b.Samples, sample.Sample{
						Pod: types.UID(fmt.Sprint("pod-", i)), Value: rapid.Float64Range(0, 1000).Draw(t, "value"),
						Time: stores[0].now.Add(d - time.Duration(late)*time.Second),
					})
				}
			}
			other := b
			if len(b.Samples) > 0 {
				other.Samples = rapid.Permutation(b.Samples).Draw(t, "order")
			}
			for i, b := range []sample.Batch{b, other} {
				for j := range pods {
					stores[i].run(fmt.Sprint("pod-", j))
				}
				stores[i].now = stores[i].now.Add(d)
				stores[i].Record(stores[i].now, b)
			}
			if diff := cmp.Diff(stores[0].Totals(stores[0].now), stores[1].Totals(stores[1].now)); diff != "" {
				t.Fatalf("%v\nand %v differ:\n%s", b.Samples, other.Samples, diff)
			}
		}
	})
}

// TestConstantLoad moves a constant load about between pods that come and go: with every value there, S is that load.
func TestConstantLoad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := newFleet(asked(t))
		load := rapid.Float64Range(0, 1e6).Draw(t, "load")
		made := 0
		for range rapid.IntRange(1, 30).Draw(t, "ticks") {
			for range rapid.IntRange(0, 3).Draw(t, "new") {
				made++
				f.run(fmt.Sprint("pod-", made))
			}
			for _, uid := range f.uids() {
				if len(f.load) > 1 && rapid.IntRange(0, 3).Draw(t, "goes") == 0 {
					delete(f.load, uid)
					f.DeletePod(uid)
				}
			}
			if len(f.load) == 0 {
				made++
				f.run(fmt.Sprint("pod-", made))
			}
			f.spread(t, load)
			f.tick(time.Duration(rapid.IntRange(1, 14_000).Draw(t, "ms")) * time.Millisecond)
			if got := f.s(); !near(got, load) {
				t.Fatalf("S is %v with %d pods, the load is %v", got, len(f.load), load)
			}
		}
	})
}

// TestLossAndReturn loses any of the pods for a while and gets them back in any order, each of them at its own load: at each moment S is
// the load of those that are known, and at the end all of it. While S still lags behind, what each pod is served does not change.
func TestLossAndReturn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := asked(t)
		f, whole := newFleet(m), newFleet(m)
		for i := range rapid.IntRange(2, 7).Draw(t, "pods") {
			f.run(fmt.Sprint("pod-", i))
			whole.run(fmt.Sprint("pod-", i))
		}
		for _, busy := range rapid.SliceOfN(rapid.IntRange(1, 1000), 2, 2).Draw(t, "load") {
			f.spread(t, float64(busy))
			f.load["pod-0"]++ // it stays, so that there is always something to go by
			whole.load = f.load
			f.tick(5 * time.Second)
			whole.tick(5 * time.Second)
		}
		x := 0.0
		for _, load := range f.load {
			x += load
		}
		for _, silent := range lossesAndReturns(t, f.uids()[1:]) {
			for range 4 { // beyond maxAge
				f.tick(5*time.Second, silent...)
				whole.tick(5 * time.Second)
			}
			known := 0.0
			for _, uid := range f.uids() {
				if !slices.Contains(silent, uid) {
					known += f.load[uid]
				}
			}
			if got, want := f.s(), whole.s()*known/x; math.Abs(got-want) > 1e-6*(1+want) {
				t.Fatalf("S is %v without %v, want %v: %v of %v", got, silent, want, known, x)
			}
		}
	})
}

// lossesAndReturns are the pods that do not answer, step by step: any of them fall silent one after the other, and come back in
// another order.
func lossesAndReturns(t *rapid.T, uids []types.UID) (steps [][]types.UID) {
	lost := rapid.Permutation(uids).Draw(t, "order")[:rapid.IntRange(0, len(uids)).Draw(t, "lost")]
	for i := range lost {
		steps = append(steps, lost[:i+1])
	}
	for back := rapid.Permutation(lost).Draw(t, "order of return"); len(back) > 0; back = back[1:] {
		steps = append(steps, back[1:])
	}
	return steps
}
