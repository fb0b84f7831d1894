package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// reload puts other metrics beside the one that the oracle knows, at any place, in place of those that there were. They share names
// with those of the reloads before, and are sometimes another quantity. To the oracle, nothing happens.
func (h *history) reload(t *rapid.T) {
	metrics := []Metric{h.o.metric}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"load", "gpu", "more"}), 0, 3, rapid.ID[string]).Draw(t, "others") {
		m := users()
		m.Name, m.RawName, m.TotalName = name, name+"_raw", name+"_total"
		m.Scraped = rapid.Bool().Draw(t, "scraped")
		m.Quantity = rapid.SampledFrom([]string{"a", "a", "b"}).Draw(t, "quantity")
		m.Smoothing.Fall = time.Duration(rapid.IntRange(0, 60).Draw(t, "fall")) * time.Second
		metrics = append(metrics, m)
	}
	h.reconfigure(rapid.Permutation(metrics).Draw(t, "order"))
}

// retune changes all that can change of the oracle's metric while it stays the same quantity. The others go.
func (h *history) retune(t *rapid.T) {
	half := rapid.SampledFrom([]time.Duration{0, time.Second, 20 * time.Second})
	m := &h.o.metric
	m.Smoothing = smoothing.HalfLives{Rise: half.Draw(t, "rise"), Fall: half.Draw(t, "fall")}
	m.Interval = rapid.SampledFrom([]time.Duration{time.Second, 10 * time.Second}).Draw(t, "interval")
	m.MaxAge = rapid.SampledFrom([]time.Duration{10 * time.Second, 15 * time.Second, time.Minute}).Draw(t, "maxAge")
	m.MinCoverage = rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(t, "minimum coverage")
	m.Max = rapid.SampledFrom([]float64{500, 1000}).Draw(t, "highest")
	h.reconfigure([]Metric{*m})
}

func (h *history) reconfigure(metrics []Metric) {
	h.Reconfigure(metrics)
	h.quiet.Reconfigure(metrics)
}

// collectAnother records a batch of another metric, if it is there.
func (h *history) collectAnother(t *rapid.T) {
	b := h.batch(t, 1000)
	b.Metric = "load"
	h.Record(h.now, b)
	h.quiet.Record(h.now, b)
	if slices.Contains(h.Metrics(), "load") {
		h.o.dropIdle(h.now)
	}
}

func described(d Description, metric string) MetricDescription {
	return d.Metrics[slices.IndexFunc(d.Metrics, func(m MetricDescription) bool { return m.Name == metric })]
}

// TestReloadChangesNothing plays one history to two stores, of which one is reloaded again and again: what both say of a metric that no
// reload concerns is the same, to the bit.
func TestReloadChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(t)
		never := New([]Metric{h.o.metric})
		h.quiet = never
		h.quiet.SetHPA(web, selector("app=web"), smoothing.Override{})
		for _, p := range h.o.pods {
			never.SetPod(p.Pod)
		}
		actions := h.actions()
		for _, name := range []string{"retune", "query", "collect another metric"} { // which say something to both, or to one alone
			delete(actions, name)
		}
		actions["reload"] = func(t *rapid.T) {
			h.quiet = New(nil)
			h.reload(t)
			h.quiet = never
		}
		actions[""] = func(t *rapid.T) {
			for hpa := range never.hpas {
				want, _ := never.Describe(h.now, hpa)
				got, _ := h.Describe(h.now, hpa)
				if diff := cmp.Diff(want.Metrics[0], described(got, "users"), cmp.Comparer(sameError)); diff != "" {
					t.Fatalf("not reloaded and reloaded differ:\n%s", diff)
				}
			}
		}
		t.Repeat(actions)
	})
}

func TestReconfigure(t *testing.T) {
	other := users()
	other.Name, other.RawName = "other", "other_raw"
	start := func() *world {
		w := newWorld(t, users())
		w.play("run a b\ntick 1s a=10 b=20\ntick 10s a=30 b=40\ntick 0s a=-1\ntotal 70 50 2 0")
		return w
	}
	another := users()
	another.Quantity = "another"
	for name, tc := range map[string]struct {
		metrics []Metric
		then    string
	}{
		"nothing":           {[]Metric{users()}, "total 70 50 2 0"},
		"one more":          {[]Metric{users(), other}, "total 70 50 2 0"},
		"another quantity":  {[]Metric{another}, "total 0 ? 0 0\nread none\ntick 1s a=1 b=1\ntotal 2 2 2 0"},
		"one more, and new": {[]Metric{another, other}, "total 0 ? 0 0"},
	} {
		t.Run(name, func(t *testing.T) {
			w := start()
			w.t = t
			w.Reconfigure(tc.metrics)
			w.play(tc.then)
			if drops := w.Drops(); drops[1].Reason != sample.ReasonOutOfRange || drops[1].Count != 1 {
				t.Errorf("drops are %+v", drops)
			}
		})
	}
	w := start()
	w.Reconfigure([]Metric{other})
	if _, err := w.ask("app=web"); !errors.Is(err, sample.ErrUnknownMetric) {
		t.Errorf("a removed metric: %v", err)
	}
	if diff := cmp.Diff([]string{"other", "other_raw"}, w.Metrics()); diff != "" {
		t.Error(diff)
	}
	w.Record(w.now, sample.Batch{Metric: "users", Samples: []sample.Sample{{Pod: "a", Value: 1, Time: w.now}}}) // its last, which comes late
	w.Reconfigure([]Metric{users()})
	w.play("total 0 ? 0 0\nread none") // it was away
}

// TestRetune: from now on the new settings apply, to what there is.
func TestRetune(t *testing.T) {
	w := newWorld(t, users())
	w.play("run a b\ntick 1s a=10 b=20\ntick 14s b=20\ntotal 30 30 2 0")
	m := users()
	m.Smoothing, m.MaxAge, m.MinCoverage = smoothing.HalfLives{}, 5*time.Second, 1
	w.Reconfigure([]Metric{m})
	w.play("total 20 20 1 0\nread none\ntick 1s a=30 b=20\ntotal 50 50 2 0\nread a=30 b=20")
	d, _ := w.Describe(w.now, web)
	if got := d.Metrics[0]; got.Smoothing != m.Smoothing || got.MaxAge != m.MaxAge {
		t.Errorf("described as %+v", got)
	}
}
