package store

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

func TestRecordAccepts(t *testing.T) {
	now := epoch().Add(time.Hour)
	for _, test := range []struct {
		name   string
		value  float64
		time   time.Time
		reason sample.Reason // why it is dropped
		want   time.Time     // the time it is held with, if not
	}{
		{"now", 1, now, "", now},
		{"lowest", 0, now, "", now},
		{"highest", 100, now, "", now},
		{"a little late", 1, now.Add(-time.Second), "", now.Add(-time.Second)},
		{"by a clock ahead", 1, now.Add(5 * time.Second), "", now},
		{"by a clock that cannot be right", 1, now.Add(5*time.Second + 1), sample.ReasonInFuture, time.Time{}},
		{"negative", -1, now, sample.ReasonOutOfRange, time.Time{}},
		{"too high", math.Nextafter(100, 101), now, sample.ReasonOutOfRange, time.Time{}},
		{"NaN", math.NaN(), now, sample.ReasonOutOfRange, time.Time{}},
		{"+Inf", math.Inf(1), now, sample.ReasonOutOfRange, time.Time{}},
		{"-Inf", math.Inf(-1), now, sample.ReasonOutOfRange, time.Time{}},
		{"before the pod started", 1, epoch().Add(-1), sample.ReasonTooOld, time.Time{}},
		{"when the pod started", 1, epoch(), "", epoch()},
		{"without a time", 1, time.Time{}, sample.ReasonTooOld, time.Time{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := users()
			m.Max, m.MaxAge = 100, 2*time.Hour
			w := newWorld(t, m)
			w.play("run a")
			w.Record(now, sample.Batch{Metric: "users", Samples: []sample.Sample{{Pod: "a", Value: test.value, Time: test.time}}})
			for _, d := range w.Drops() {
				if dropped := d.Reason == test.reason; (d.Count == 1) != dropped || d.Count > 1 {
					t.Errorf("dropped %d for %s", d.Count, d.Reason)
				}
			}
			got, err := w.Pod(now, "users_raw", web.Namespace, "a")
			if (err == nil) != (test.reason == "") || !got.Time.Equal(test.want) {
				t.Errorf("held %+v, %v, want time %v", got, err, test.want)
			}
		})
	}
}

// TestRecordNegativeMinimum shows that no range lets a negative value in, which a total could not carry.
func TestRecordNegativeMinimum(t *testing.T) {
	m := users()
	m.Min = -10
	newWorld(t, m).play(`
		run a
		tick 1s a=-1
		read none`)
}

func TestRecordInfiniteMaximum(t *testing.T) {
	m := users()
	m.Max = math.Inf(1)
	newWorld(t, m).play(`
		run a
		tick 1s a=Inf
		read none`)
}

func TestRecordOlderSample(t *testing.T) {
	w := newWorld(t, users())
	w.play("run a\ntick 10s a=10")
	old := sample.Sample{Pod: "a", Value: 99, Time: w.now.Add(-time.Second)}
	w.Record(w.now, sample.Batch{Metric: "users", Samples: []sample.Sample{old}})
	w.play("read a=10")
}

func TestRecordUnknown(t *testing.T) {
	w := newWorld(t, users())
	w.play("run a\ntick 1s a=10 stranger=5 other=timeout")
	for _, metric := range []string{"", "nonsense", "users_raw"} {
		w.Record(w.now, sample.Batch{Metric: metric, Samples: []sample.Sample{{Pod: "a", Value: 1, Time: w.now}}})
	}
	w.play("total 10 10 1 0")
}

// TestMetricsAreApart shows that a collection of one metric says nothing of another.
func TestMetricsAreApart(t *testing.T) {
	gpu := users()
	gpu.Name, gpu.RawName, gpu.TotalName = "gpu", "", "gpu_total"
	w := newWorld(t, users(), gpu)
	w.play("run a b\ntick 1s a=10 b=10")
	w.Record(w.now, sample.Batch{Metric: "gpu", Samples: []sample.Sample{{Pod: "a", Value: 70, Time: w.now}}})
	w.play("leave b\nbroken 1s\ntotal 20 20 1 1")
	w.Record(w.now, sample.Batch{Metric: "gpu"})
	w.play("total 20 20 1 1")
	want := []Total{
		{HPA: web, Metric: "users", Raw: 20, Smoothed: 20, Coverage: sample.Coverage{Matched: 2, Expected: 1, Counted: 1, Departing: 1}},
		{HPA: web, Metric: "gpu", Raw: 70, Smoothed: 70, Coverage: sample.Coverage{Matched: 2, Expected: 1, Counted: 1}},
	}
	if diff := cmp.Diff(want, w.Totals(w.now)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"users", "users_raw", "gpu"}, w.Metrics()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"users_total", "gpu_total"}, w.TotalNames()); diff != "" {
		t.Error(diff)
	}
}

// TestNotes: what is said of a value is that of the newest, and goes with it.
func TestNotes(t *testing.T) {
	w := newWorld(t, users())
	w.play("run a\ntick 1s")
	for _, step := range []struct{ note, want string }{{"of 2", "of 2"}, {"of 1", "of 1"}, {"", ""}} {
		w.now = w.now.Add(time.Second)
		w.Record(w.now, sample.Batch{Metric: "users", Samples: []sample.Sample{{Pod: "a", Value: 1, Time: w.now, Note: step.note}}})
		w.Record(w.now, sample.Batch{Metric: "users", Samples: []sample.Sample{{Pod: "a", Value: 2, Time: w.now.Add(-time.Millisecond), Note: "older"}}})
		d, _ := w.Describe(w.now, web)
		if got := d.Metrics[0].Pods[0]; got.Note != step.want {
			t.Errorf("the note is %q, want %q", got.Note, step.want)
		}
	}
}

// TestDescribedOverride: each HPA is told of its own wish, with what is wrong with it, whoever is followed.
func TestDescribedOverride(t *testing.T) {
	w := newWorld(t, users())
	half, again := 3*time.Second, HPA{web.Namespace, "again"}
	w.SetHPA(web, selector("app=web"), smoothing.Override{Rise: &half})
	w.SetHPA(again, selector("app=web"), smoothing.Override{Problem: "bad"})
	for h, want := range map[HPA]smoothing.Override{web: {Rise: &half}, again: {Problem: "bad"}} {
		if d, _ := w.Describe(w.now, h); d.Override != want || d.Metrics[0].Smoothing.Rise != half {
			t.Errorf("%v: %+v, %v, want %+v", h, d.Override, d.Metrics[0].Smoothing, want)
		}
	}
}

// TestPartialCollection: a pod that a partial collection leaves out is held, and one being deleted goes on counting.
func TestPartialCollection(t *testing.T) {
	newWorld(t, users()).play(`
		run a b c
		tick 1s a=10 b=20 c=30
		leave b
		partial 1s a=11
		total 61 ? 2 1     # b and c were left out
		leave c
		total 61 ? 1 2     # that c is held is no news of it
		partial 1s a=11 c=timeout
		total 31 ? 1 1     # c has stopped answering
		tick 1s a=11
		total 11 ? 1 0`)
	newWorld(t, users()).play(`
		run a b c
		tick 1s a=10 b=20 c=30
		leave b
		partial 1s a=11 b=not_reached c=not_reached
		total 61 ? 2 1     # nobody asked b and c
		leave c
		total 61 ? 1 2
		tick 1s a=11
		total 11 ? 1 0`)
	newWorld(t, users()).play(`
		run a b
		tick 1s a=10 b=20
		partial 16s a=10
		total 10 ? 1 0     # partial or not, what is older than maxAge is not used`)
	newWorld(t, users()).play(`
		run a b
		tick 1s a=10 b=20
		tick 1s a=10
		partial 1s a=10
		leave b
		total 10 ? 1 0     # the last collection that could tell found none`)
}
