package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// ask queries with a selector and returns the sum of the values.
func (w *world) ask(text string) (milli int64, err error) {
	values, err := w.Group(w.now, "users", web.Namespace, selector(text))
	for _, v := range values {
		milli += v.Milli
	}
	return milli, err
}

func (w *world) wantSum(text string, want int64) {
	w.t.Helper()
	if got, err := w.ask(text); err != nil || got != want {
		w.t.Errorf("%q sums to %d, %v, want %d", text, got, err, want)
	}
}

func TestAdHocIsSeededWithThePresentTotal(t *testing.T) {
	w := newWorld(t, users())
	w.play("run a\ntick 1s a=10\ntick 10s a=30")
	w.wantSum("app=web", 20000)
	w.wantSum("app", 30000)
	w.play("tick 10s a=10")
	w.wantSum("app", 20000)
}

func TestAdHocIsAdopted(t *testing.T) {
	w := newWorld(t, users())
	w.play("run a\ntick 1s a=10")
	w.wantSum("app", 10000)
	w.play("tick 10s a=30")
	w.SetHPA(HPA{web.Namespace, "wide"}, selector("app"), smoothing.Override{})
	w.wantSum("app", 20000)
	w.now = w.now.Add(time.Hour)
	w.play("tick 1s a=30")
	if len(w.adHoc) != 0 || len(w.namespaces[web.Namespace].groups) != 2 {
		t.Errorf("%d ad-hoc groups of %d", len(w.adHoc), len(w.namespaces[web.Namespace].groups))
	}
}

func TestAdHocIsDroppedWhenIdle(t *testing.T) {
	w := newWorld(t, users())
	w.play("run a\ntick 1s a=10")
	w.wantSum("app", 10000)
	w.play("tick 9m59s a=30")
	if len(w.adHoc) != 1 {
		t.Fatal("dropped before 10 minutes")
	}
	w.wantSum("app", 30000) // all was stale meanwhile
	w.play("tick 9m59s a=30")
	if len(w.adHoc) != 1 {
		t.Fatal("dropped although asked")
	}
	w.play("tick 1s a=30")
	if len(w.adHoc) != 0 {
		t.Fatal("not dropped after 10 minutes")
	}
}

func TestAdHocIsBounded(t *testing.T) {
	w := newWorld(t, users())
	w.play("run a\ntick 1s a=10")
	for i := range maxAdHoc + 1 {
		w.now = w.now.Add(time.Millisecond)
		w.wantSum(fmt.Sprintf("app=web,v!=%d", i), 10000)
	}
	groups := w.namespaces[web.Namespace].groups
	if _, kept := groups["app=web,v!=0"]; kept || len(w.adHoc) != maxAdHoc || groups["app=web"] == nil {
		t.Errorf("%d ad-hoc groups, the oldest kept: %v", len(w.adHoc), kept)
	}
}

func TestNoGroupForNoPod(t *testing.T) {
	w := newWorld(t, users())
	w.play("run a\ntick 1s a=10")
	for _, text := range []string{"app=nobody", "a=b"} {
		if _, err := w.ask(text); !errors.Is(err, sample.ErrNoPod) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := w.Group(w.now, "users", "nowhere", selector("app")); !errors.Is(err, sample.ErrNoPod) {
		t.Error(err)
	}
	if len(w.adHoc) != 0 || w.namespaces["nowhere"] != nil {
		t.Error("a mistaken query left something behind")
	}
}

func TestHPAChangesSelector(t *testing.T) {
	w := newWorld(t, users())
	w.play("run a\nrelabel b\ntick 1s a=10 b=20\ntotal 10 10 1 0")
	w.SetHPA(web, selector("app=other"), smoothing.Override{})
	w.play("total 20 20 1 0")
	w.play("tick 10s a=10 b=40\ntotal 40 40 1 0")                   // seeded by the first collection, whoever asked before
	w.SetHPA(web, selector("app in (other)"), smoothing.Override{}) // the same
	w.play("tick 10s a=10 b=20\ntotal 20 30 1 0")
	if len(w.namespaces[web.Namespace].groups) != 1 {
		t.Error("the old group is still there")
	}
}

func TestHPAsShareAGroup(t *testing.T) {
	w := newWorld(t, users())
	other := HPA{web.Namespace, "again"}
	w.SetHPA(other, selector("app==web"), smoothing.Override{})
	w.play("run a\ntick 1s a=10\ntick 10s a=30")
	w.DeleteHPA(web)
	w.DeleteHPA(web)
	if got := w.Totals(w.now); len(got) != 1 || got[0].HPA != other || got[0].Smoothed != 20 {
		t.Errorf("totals are %+v", got)
	}
	w.DeleteHPA(other)
	w.play("gone a\ntick 1s")
	if len(w.namespaces) != 0 || len(w.Totals(w.now)) != 0 {
		t.Errorf("left behind: %v", w.namespaces)
	}
}

// TestOverride: an HPA's own smoothing holds for its group from then on, with the state that there is, and until it is taken back.
func TestOverride(t *testing.T) {
	slow := 20 * time.Second
	w := newWorld(t, users())
	w.play("run a\ntick 1s a=0\ntick 10s a=40\ntotal 40 20 1 0")
	w.SetHPA(web, selector("app=web"), smoothing.Override{Rise: &slow})
	w.play("total 40 20 1 0\ntick 10s a=40\ntick 10s a=40\ntotal 40 30 1 0")
	values, err := w.Group(w.now, "users", web.Namespace, selector("app=web"))
	if want := (smoothing.HalfLives{Rise: slow, Fall: 10 * time.Second}).Window(); err != nil || values[0].Window != want {
		t.Errorf("window is %v, %v, want %v", values[0].Window, err, want)
	}
	if d, _ := w.Describe(w.now, web); d.Metrics[0].Smoothing.Rise != slow || d.Selector != "app=web" {
		t.Errorf("described as %+v", d)
	}
	w.SetHPA(HPA{web.Namespace, "a-first"}, selector("app=web"), smoothing.Override{}) // has no wish of its own
	w.play("tick 10s a=40\ntick 10s a=40\ntotal 40 35 1 0")
	w.DeleteHPA(web)
	w.play("tick 10s a=40\ntotal 40 37.5 1 0")
	if _, ok := w.Describe(w.now, web); ok {
		t.Error("an HPA that is gone is described")
	}
}

func TestGroups(t *testing.T) {
	w := newWorld(t, users())
	w.play("run a\ntick 1s a=1")
	w.wantSum("app", 1000)
	w.SetHPA(HPA{web.Namespace, "second"}, selector("app=web"), smoothing.Override{}) // the same group
	if got := w.Groups(); got != (Groups{HPA: 1, AdHoc: 1}) {
		t.Errorf("got %+v", got)
	}
}
