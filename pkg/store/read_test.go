package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/labels"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

func TestGroupValues(t *testing.T) {
	w := newWorld(t, users())
	w.play("run b a\ntick 1s a=10 b=10")
	first := w.now
	w.play("tick 10s a=30 b=timeout")
	window := users().Smoothing.Window()
	for name, want := range map[string][]sample.Value{
		"users": {
			{Namespace: "shop", Name: "a", Milli: 22500, Time: w.now, Window: window},
			{Namespace: "shop", Name: "b", Milli: 7500, Time: first, Window: window},
		},
		"users_raw": {
			{Namespace: "shop", Name: "a", Milli: 30000, Time: w.now},
			{Namespace: "shop", Name: "b", Milli: 10000, Time: first},
		},
	} {
		got, err := w.Group(w.now, name, web.Namespace, selector("app=web"))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

// TestTotalOfPods shows whose time a total has, that another selector than an HPA's has a total of its own, and what no pod has.
func TestTotalOfPods(t *testing.T) {
	w := newWorld(t, users())
	w.play("run a b\ntick 1s a=10 b=10")
	first := w.now
	w.play("tick 10s a=30 b=timeout") // 20 is half-way to 40
	want := sample.Value{Namespace: web.Namespace, Milli: 30000, Time: first, Window: users().Smoothing.Window()}
	for text, milli := range map[string]int64{"app in (web)": 30000, "app": 40000} {
		want.Milli = milli
		got, err := w.Total(w.now, "users_total", web.Namespace, selector(text))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", text, err, diff)
		}
	}
	if _, err := w.Total(w.now, "users_total", web.Namespace, selector("app=none")); !errors.Is(err, sample.ErrNoPod) {
		t.Error(err)
	}
	w.play("wait 16s")
	var notFresh *sample.NotFreshError
	if got, err := w.Total(w.now, "users_total", web.Namespace, selector("app=web")); !errors.As(err, &notFresh) || notFresh.Metric != "users_total" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestNothingIsFresh(t *testing.T) {
	for _, test := range []struct{ name, script, want string }{
		{"never asked", "run a", "users: 1 pod matches, none has a value younger than 15s: 1 never had a value"},
		{"failures, most frequent first", "run a b c\ntick 1s a=connection b=timeout c=timeout",
			"users: 3 pods match, none has a value younger than 15s: 2 timeout, 1 connection"},
		{"dropped", "run a\ntick 1s a=-1", "users: 1 pod matches, none has a value younger than 15s: 1 out_of_range"},
		{"failed after a value", "run a\ntick 1s a=1\ntick 9s a=status\nwait 9s",
			"users: 1 pod matches, none has a value younger than 15s: 1 status"},
		{"left out", "run a\ntick 1s a=1\ntick 9s\nwait 9s",
			"users: 1 pod matches, none has a value younger than 15s: 1 no newer value"},
		{"no collection", "run a\ntick 1s a=1\nbroken 16s",
			"users: 1 pod matches, none has a value younger than 15s: 1 collection_failed"},
		{"cannot have one", "run a\ntick 1s a=1\nleave a\npend b\nfinish c",
			"users: 3 pods match, none has a value younger than 15s: 2 not running, 1 being deleted"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, users())
			w.play(test.script)
			_, err := w.ask("app=web")
			var notFresh *sample.NotFreshError
			if !errors.As(err, &notFresh) || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
			if _, err := w.Pod(w.now, "users", web.Namespace, "a"); !errors.As(err, &notFresh) || notFresh.Matched != 1 {
				t.Errorf("the pod alone: %v", err)
			}
		})
	}
}

func TestUnknownMetric(t *testing.T) {
	w := newWorld(t, users())
	w.play("run a\ntick 1s a=1")
	if _, err := w.Group(w.now, "nonsense", web.Namespace, labels.Everything()); !errors.Is(err, sample.ErrUnknownMetric) {
		t.Error(err)
	}
	for _, name := range []string{"", "users_total"} { // which an object has
		if _, err := w.Pod(w.now, name, web.Namespace, "a"); !errors.Is(err, sample.ErrUnknownMetric) {
			t.Error(name, err)
		}
	}
	for _, name := range []string{"", "users", "users_raw"} { // which pods have
		if _, err := w.Total(w.now, name, web.Namespace, labels.Everything()); !errors.Is(err, sample.ErrUnknownMetric) {
			t.Error(name, err)
		}
	}
}

func TestPodByItsName(t *testing.T) {
	window := users().Smoothing.Window()
	for _, test := range []struct {
		name, script, metric string
		milli                int64
		window               time.Duration
	}{
		{"its part of the total", "run a b\ntick 1s a=10 b=10\ntick 10s a=30 b=10", "users", 22500, window},
		{"as measured", "run a b\ntick 1s a=10 b=10\ntick 10s a=30 b=10", "users_raw", 30000, 0},
		{"no HPA scales it", "relabel a\nrun b\ntick 1s a=10 b=10\ntick 10s a=30 b=10", "users", 30000, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, users())
			w.play(test.script)
			got, err := w.Pod(w.now, test.metric, web.Namespace, "a")
			want := sample.Value{Namespace: web.Namespace, Name: "a", Milli: test.milli, Time: w.now, Window: test.window}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
	if _, err := newWorld(t, users()).Pod(epoch(), "users", web.Namespace, "a"); !errors.Is(err, sample.ErrNoPod) {
		t.Error(err)
	}
}

// TestPodOfSeveralHPAs shows that the HPA whose name is first decides, whatever the order of their creation.
func TestPodOfSeveralHPAs(t *testing.T) {
	w := newWorld(t, users())
	w.play("run a\ntick 1s a=10")
	w.SetHPA(HPA{web.Namespace, "all"}, labels.Everything(), smoothing.Override{}) // seeded later, so the totals differ
	w.play("tick 10s a=30\nrun b\ntick 1s a=30 b=0")
	all, err := w.Group(w.now, "users", web.Namespace, labels.Everything())
	if err != nil || all[0].Milli != 30000 {
		t.Fatal(all, err)
	}
	if got, err := w.Pod(w.now, "users", web.Namespace, "a"); err != nil || got.Milli != 30000 {
		t.Errorf("got %+v, %v", got, err)
	}
}
