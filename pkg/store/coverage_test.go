package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/pkg/sample"
)

func TestExpected(t *testing.T) {
	m := users()
	m.Interval = time.Second
	for _, test := range []struct {
		name, script string
		change       func(*sample.Pod)
		want         bool
	}{
		{"ready for longer than two intervals, never reported", "", func(*sample.Pod) {}, true},
		{"ready for two intervals", "", func(p *sample.Pod) { p.ReadyTime = epoch().Add(8 * time.Second) }, false},
		{"not ready, never reported", "", func(p *sample.Pod) { p.Ready = false }, false},
		{"since when is not known", "", func(p *sample.Pod) { p.ReadyTime = time.Time{} }, false},
		{"not ready, reported before", "tick 1s a=1\nwait 60s", func(p *sample.Pod) { p.Ready = false }, true},
		{"does not run", "tick 1s a=1", func(p *sample.Pod) { p.Running = false }, false},
		{"being deleted", "tick 1s a=1", func(p *sample.Pod) { p.Deleting = true }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, m)
			w.play("run a\n" + test.script)
			p := running("a")
			p.Ready, p.ReadyTime = true, epoch()
			test.change(&p)
			w.SetPod(p)
			want := 0
			if test.want {
				want = 1
			}
			w.now = w.now.Add(10*time.Second - w.now.Sub(epoch())%(10*time.Second))
			if got := w.total(); got.Expected != want || got.Matched != 1 {
				t.Errorf("coverage is %+v, want expected %d", got.Coverage, want)
			}
		})
	}
}

// TestStates goes through what a pod's value can be worth.
func TestStates(t *testing.T) {
	for _, test := range []struct {
		name, script string
		state        sample.State
		reason       sample.Reason
	}{
		{"never asked", "run a", sample.StateAbsent, ""},
		{"never answered", "run a\ntick 1s a=timeout", sample.StateAbsent, sample.ReasonTimeout},
		{"answers", "run a\ntick 1s a=1", sample.StateFresh, ""},
		{"failed once", "run a\ntick 1s a=1\ntick 1s a=timeout", sample.StateHeld, sample.ReasonTimeout},
		{"left out of the answer", "run a\ntick 1s a=1\ntick 1s", sample.StateHeld, ""},
		{"the query failed", "run a\ntick 1s a=1\nbroken 1s", sample.StateHeld, sample.ReasonCollection},
		{"dropped", "run a\ntick 1s a=1\ntick 1s a=-1", sample.StateHeld, sample.ReasonOutOfRange},
		{"at maxAge", "run a\ntick 1s a=1\ntick 15s a=status", sample.StateHeld, sample.ReasonStatus},
		{"beyond maxAge", "run a\ntick 1s a=1\ntick 15s a=status\nwait 1ns", sample.StateStale, sample.ReasonStatus},
		{"answers again", "run a\ntick 1s a=1\ntick 60s a=status\ntick 1s a=1", sample.StateFresh, ""},
		{"being deleted", "run a\ntick 1s a=1\nleave a", sample.StateDeparting, ""},
		{"being deleted, silent", "run a\ntick 1s a=1\nleave a\ntick 1s a=connection", sample.StateGone, sample.ReasonConnection},
		{"pending", "pend a", sample.StateNotRunning, ""},
		{"failed", "run a\ntick 1s a=1\nfinish a", sample.StateNotRunning, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, users())
			w.play(test.script)
			d, ok := w.Describe(w.now, web)
			if got := d.Metrics[0].Pods; !ok || len(got) != 1 || got[0].State != test.state || got[0].Reason != test.reason {
				t.Errorf("described as %+v, want %s %s", got, test.state, test.reason)
			}
		})
	}
}

// TestStatesAgreeWithWhatIsServed: a pod has a share exactly if its state says so, and the shares are the ones served.
func TestStatesAgreeWithWhatIsServed(t *testing.T) {
	w := newWorld(t, users())
	w.play(`
		run fresh held stale leaving gone
		pend waiting
		tick 1s stale=5
		tick 14s fresh=10 held=10 leaving=10 gone=10
		leave leaving gone
		tick 2s fresh=10 leaving=4 held=timeout
		run late`)
	d, _ := w.Describe(w.now, web)
	served, err := w.Group(w.now, "users", web.Namespace, selector("app=web"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{}
	for _, v := range served {
		want[v.Name] = v.Milli
	}
	got, states := map[string]int64{}, map[string]sample.State{}
	for _, p := range d.Metrics[0].Pods {
		states[p.Name] = p.State
		if p.State == sample.StateFresh || p.State == sample.StateHeld {
			got[p.Name] = p.Share
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("served and described (-served +described):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]sample.State{
		"fresh": sample.StateFresh, "held": sample.StateHeld, "stale": sample.StateStale, "leaving": sample.StateDeparting,
		"gone": sample.StateGone, "waiting": sample.StateNotRunning, "late": sample.StateAbsent,
	}, states); diff != "" {
		t.Error(diff)
	}
}

func TestMinimumCoverage(t *testing.T) {
	m := users()
	m.MinCoverage = 0.5
	w := newWorld(t, m)
	w.play(`
		run a b c d
		tick 1s a=10 b=10 c=10 d=10
		tick 10s a=10 b=10 c=timeout d=timeout
		wait 6s
		tick 1ns a=10 b=10
		read a=10 b=10
		tick 10s a=10 b=status
		tick 6s a=10 b=status c=timeout d=timeout
		read none`)
	const want = "users: 4 pods match, 1 of 4 expected ones have a value younger than 15s, fewer than the minimum coverage of 0.5: 2 timeout, 1 status"
	for name, ask := range map[string]func() error{
		"group":   func() error { _, err := w.ask("app=web"); return err },
		"by name": func() error { _, err := w.Pod(w.now, "users", web.Namespace, "a"); return err },
		"explained": func() error {
			d, _ := w.Describe(w.now, web)
			return d.Metrics[0].Withheld
		},
	} {
		var notFresh *sample.NotFreshError
		if err := ask(); !errors.As(err, &notFresh) || err.Error() != want {
			t.Errorf("%s: got  %v\nwant %s", name, err, want)
		}
	}
	if got, err := w.Pod(w.now, "users_raw", web.Namespace, "a"); err != nil || got.Milli != 10000 {
		t.Errorf("a pod's own raw value: %+v, %v", got, err)
	}
	w.play("tick 1s a=10 b=10\nread a=10 b=10")
}
