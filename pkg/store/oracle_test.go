package store

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"userscale.dev/userscale/pkg/sample"
)

// oracle is one group's total, computed slowly and plainly from the rules: one pod after the other, every sum from the start.
type oracle struct {
	half, maxAge time.Duration
	pods         map[string]*oraclePod
	s            float64
	at           time.Time
	seeded       bool
}

type oraclePod struct {
	running, deleting, gone bool
	has, answered           bool
	x, took                 float64
	at                      time.Time
	in, covered             bool // in X; or not, but its load is known to be there
}

func (o *oracle) usable(p *oraclePod, now time.Time) bool {
	return p.running && !p.gone && p.has && !now.After(p.at.Add(o.maxAge))
}

// x is Σ over those in X, and how many of them are counted.
func (o *oracle) x() (sum float64, counted, in int) {
	for _, name := range slices.Sorted(maps.Keys(o.pods)) {
		if p := o.pods[name]; p.in {
			sum += p.x
			in++
			if !p.deleting {
				counted++
			}
		}
	}
	return sum, counted, in
}

func (o *oracle) expire(now time.Time) {
	for _, p := range o.pods {
		if !p.running || p.gone {
			p.in, p.covered = false, false
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.pods)) {
		p := o.pods[name]
		if !p.in || o.usable(p, now) {
			continue
		}
		before, counted, in := o.x()
		p.in, p.covered, p.took = false, true, 0
		if before > 1e-9 {
			p.took = o.s * p.x / before
		}
		switch {
		case in == 1:
			o.seeded = false
		case before-p.x > 1e-9:
			o.s *= (before - p.x) / before
		case before > 1e-9:
			o.s = 0
		case !p.deleting:
			o.s *= float64(counted-1) / float64(counted)
		}
	}
}

func (o *oracle) arrive(now time.Time) {
	names := slices.Sorted(maps.Keys(o.pods))
	for _, name := range names {
		if p := o.pods[name]; !p.in && !p.covered && o.usable(p, now) {
			p.in = true
		}
	}
	start, _, _ := o.x()
	ratio := o.s / start
	for _, name := range names {
		p := o.pods[name]
		if p.in || !p.covered || !o.usable(p, now) {
			continue
		}
		p.in, p.covered = true, false
		if start == 0 {
			o.s += p.x
		} else {
			o.s += min(ratio*p.x, max(p.x, p.took))
		}
		p.took = 0
	}
	if x, counted, _ := o.x(); !o.seeded && counted > 0 {
		o.s, o.at, o.seeded = x, now, true
		for _, p := range o.pods {
			p.covered = !p.in && p.running && !p.gone
		}
	}
}

func (o *oracle) step(now time.Time) {
	if x, _, _ := o.x(); o.seeded {
		o.s = x + (o.s-x)*math.Pow(0.5, min(now.Sub(o.at), 30*time.Second).Seconds()/o.half.Seconds())
		o.at = now
	}
}

// TestAgainstOracle plays random histories of pods, losses, churn and times, and compares after every event.
func TestAgainstOracle(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			h := newHistory(t, seed)
			for range 150 {
				h.event()
				h.compare()
			}
		})
	}
}

// history plays the same random events to a store and to the oracle.
type history struct {
	*world
	o    *oracle
	r    *rand.Rand
	made int
}

func newHistory(t *testing.T, seed uint64) *history {
	m := users()
	return &history{
		world: newWorld(t, m),
		o:     &oracle{half: m.Smoothing.Rise, maxAge: m.MaxAge, pods: map[string]*oraclePod{}},
		r:     rand.New(rand.NewPCG(seed, 1)),
	}
}

func (h *history) event() {
	switch n := h.r.IntN(20); {
	case n < 2:
		h.create()
	case n == 2:
		h.change(func(p *oraclePod) { p.running = true })
	case n == 3:
		h.change(func(p *oraclePod) { p.running = false })
	case n == 4:
		h.change(func(p *oraclePod) {
			if !p.deleting {
				p.deleting, p.gone = true, p.has && !p.answered
			}
		})
	case n == 5:
		h.remove()
	case n == 6:
		h.now = h.now.Add(time.Duration(h.r.IntN(20000)) * time.Millisecond)
	case n == 7:
		h.tick(sample.Batch{Metric: "users", Err: sample.ErrNoPod})
	default:
		h.tick(h.batch())
	}
}

func (h *history) create() {
	h.made++
	name := fmt.Sprintf("pod-%d", h.made)
	h.o.pods[name] = &oraclePod{running: h.r.IntN(3) > 0}
	h.set(name)
}

func (h *history) set(name string) {
	p := running(name)
	p.Running, p.Deleting = h.o.pods[name].running, h.o.pods[name].deleting
	h.SetPod(p)
}

// pick returns a random pod's name, or none.
func (h *history) pick() string {
	names := slices.Sorted(maps.Keys(h.o.pods))
	if len(names) == 0 {
		return ""
	}
	return names[h.r.IntN(len(names))]
}

func (h *history) change(f func(*oraclePod)) {
	if name := h.pick(); name != "" {
		f(h.o.pods[name])
		h.set(name)
	}
}

func (h *history) remove() {
	if name := h.pick(); name != "" {
		delete(h.o.pods, name)
		h.DeletePod(running(name).UID)
	}
}

// batch has a value for most pods, a failure for some, and leaves some out.
func (h *history) batch() sample.Batch {
	b := sample.Batch{Metric: "users"}
	idle := h.r.IntN(5) == 0
	for _, name := range slices.Sorted(maps.Keys(h.o.pods)) {
		uid := running(name).UID
		switch h.r.IntN(10) {
		case 0:
			b.Failures = append(b.Failures, sample.Failure{Pod: uid, Reason: sample.ReasonTimeout})
		case 1:
		default:
			x := float64(h.r.IntN(100))
			if idle {
				x = 0
			}
			b.Samples = append(b.Samples, sample.Sample{Pod: uid, Value: x})
		}
	}
	return b
}

func (h *history) tick(b sample.Batch) {
	h.now = h.now.Add(time.Duration(h.r.IntN(7000)) * time.Millisecond)
	for i := range b.Samples {
		b.Samples[i].Time = h.now.Add(-time.Duration(h.r.IntN(3000)) * time.Millisecond)
		if b.Samples[i].Time.Before(epoch()) {
			b.Samples[i].Time = epoch()
		}
	}
	h.Record(h.now, b)
	h.o.expire(h.now)
	if b.Err == nil {
		h.answers(b)
	}
	h.o.expire(h.now)
	h.o.arrive(h.now)
	h.o.step(h.now)
}

func (h *history) answers(b sample.Batch) {
	for _, p := range h.o.pods {
		p.answered = false
	}
	for _, x := range b.Samples {
		p := h.o.pods[string(x.Pod)]
		p.answered, p.has = true, true
		if !x.Time.Before(p.at) {
			p.x, p.at = x.Value, x.Time
		}
	}
	for _, p := range h.o.pods {
		p.gone = p.gone || p.deleting && !p.answered
	}
}

// compare checks both totals, and that what is served sums to the smoothed one.
func (h *history) compare() {
	h.t.Helper()
	h.o.expire(h.now)
	h.o.arrive(h.now)
	x, counted, in := h.o.x()
	got := h.total()
	if got.Counted != counted || got.Departing != in-counted || math.Abs(got.Raw-x) > 1e-6 {
		h.t.Fatalf("got %+v, want raw %v, %d counted, %d departing", got, x, counted, in-counted)
	}
	values, err := h.Group(h.now, "users", web.Namespace, selector("app=web"))
	if counted == 0 {
		if err == nil {
			h.t.Fatalf("nothing is counted, got %v", values)
		}
		return
	}
	var sum int64
	for _, v := range values {
		sum += v.Milli
	}
	if len(values) != counted || math.Abs(float64(sum)-h.o.s*1000) > 0.5+1e-9*h.o.s*1000+1e-5 {
		h.t.Fatalf("%d values sum to %d, want %d that sum to %v", len(values), sum, counted, h.o.s*1000)
	}
	if sum != int64(math.Round(got.Smoothed*1000)) {
		h.t.Fatalf("values sum to %d, smoothed total is %v", sum, got.Smoothed)
	}
}
