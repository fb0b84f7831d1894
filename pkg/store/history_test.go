package store

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// TestAgainstOracle plays random histories of pods, losses, times and HPAs to the store and to the oracle, and compares all that
// the store says after every event.
func TestAgainstOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(t)
		actions := h.actions()
		actions[""] = h.compare
		t.Repeat(actions)
	})
}

// history is a run of random events.
type history struct {
	*Store
	quiet *Store // has the same events, but is not asked
	o     *oracle
	now   time.Time
	made  int
	// mute are the pods that do not answer for a while, which is longer than maxAge often enough.
	mute map[types.UID]bool
}

func newHistory(t *rapid.T) *history {
	half := rapid.SampledFrom([]time.Duration{0, 2 * time.Second, 10 * time.Second, time.Minute})
	m := users()
	m.Interval = rapid.SampledFrom([]time.Duration{time.Second, 10 * time.Second}).Draw(t, "interval")
	m.Smoothing = smoothing.HalfLives{Rise: half.Draw(t, "rise"), Fall: half.Draw(t, "fall")}
	m.MinCoverage = rapid.SampledFrom([]float64{0, 0, 0.5}).Draw(t, "minimum coverage")
	m.Min, m.Max = rapid.SampledFrom([]float64{-1, 0}).Draw(t, "lowest"), 1000
	m.Scraped = rapid.Bool().Draw(t, "scraped")
	h := &history{Store: New([]Metric{m}), quiet: New([]Metric{m}), o: newOracle(m), now: epoch(), mute: map[types.UID]bool{}}
	h.setHPA(web, terms{{"app", "=", []string{"web"}}}, smoothing.Override{})
	for range 3 {
		h.create(t)
	}
	return h
}

// actions are the events; what is there more than once happens more often.
func (h *history) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"collect": h.collect, "collect again": h.collect, "collect once more": h.collect, "collect idle": h.collectIdle,
		"fail": h.fail, "wait": h.wait, "create": h.create, "change": h.change, "change another": h.change, "remove": h.remove,
		"mute": h.toggle, "mute another": h.toggle, "set HPA": h.anyHPA, "delete HPA": h.noHPA, "query": h.query,
		"reload": h.reload, "retune": h.retune, "collect another metric": h.collectAnother,
	}
}

func (h *history) create(t *rapid.T) {
	h.made++
	p := sample.Pod{
		UID:       types.UID(fmt.Sprintf("uid-%d", rapid.IntRange(0, 9).Draw(t, "uid")*1000+h.made)), // in any order
		Namespace: rapid.SampledFrom([]string{web.Namespace, web.Namespace, web.Namespace, "office"}).Draw(t, "namespace"),
		Name:      fmt.Sprintf("web-%d", rapid.IntRange(0, 4).Draw(t, "name")),
		Labels:    anyLabels(t),
		IP:        fmt.Sprintf("10.0.0.%d", rapid.IntRange(1, 6).Draw(t, "ip")),
		Running:   rapid.IntRange(0, 3).Draw(t, "starts") > 0,
		Started:   h.now.Add(-time.Duration(rapid.IntRange(0, 3).Draw(t, "started")) * time.Second),
		Targets:   []sample.Target{{Metric: "users", Scheme: "http", Port: 8000, Path: "/metrics"}},
	}
	h.setPod(p)
}

func (h *history) setPod(p sample.Pod) {
	h.o.setPod(p)
	h.SetPod(p)
	h.quiet.SetPod(p)
}

// pick returns a random pod.
func (h *history) pick(t *rapid.T) *oraclePod {
	if len(h.o.pods) == 0 {
		t.Skip("no pod")
	}
	return h.o.pods[rapid.SampledFrom(slices.Sorted(maps.Keys(h.o.pods))).Draw(t, "pod")]
}

// change does what happens to a pod in its life, in any order.
func (h *history) change(t *rapid.T) {
	p := h.pick(t).Pod
	switch rapid.SampledFrom([]string{"starts", "ready", "unready", "ends", "leaves", "leaves", "relabelled", "moves", "same"}).Draw(t, "how") {
	case "starts":
		p.Running = true
	case "ready":
		p.Running, p.Ready, p.ReadyTime = true, true, h.now
	case "unready":
		p.Ready, p.ReadyTime = false, h.now
	case "ends":
		p.Running, p.Ready, p.ReadyTime = false, false, h.now
	case "leaves":
		p.Deleting = true
	case "relabelled":
		p.Labels = anyLabels(t)
	case "moves":
		p.IP = fmt.Sprintf("10.0.0.%d", rapid.IntRange(1, 6).Draw(t, "ip"))
	}
	h.setPod(p)
}

// toggle makes a pod unreachable, or reachable again.
func (h *history) toggle(t *rapid.T) {
	uid := h.pick(t).UID
	h.mute[uid] = !h.mute[uid]
}

func (h *history) remove(t *rapid.T) {
	uid := h.pick(t).UID
	h.o.deletePod(uid)
	h.DeletePod(uid)
	h.quiet.DeletePod(uid)
}

func (h *history) wait(t *rapid.T) {
	longest := rapid.SampledFrom([]time.Duration{time.Second, 5 * time.Second, 20 * time.Second, 11 * time.Minute}).Draw(t, "at most")
	h.pass(t, longest)
}

func (h *history) pass(t *rapid.T, atMost time.Duration) {
	h.now = h.now.Add(time.Duration(rapid.Int64Range(0, int64(atMost)).Draw(t, "time")))
}

func (h *history) record(b sample.Batch) {
	h.o.record(h.now, b)
	h.Record(h.now, b)
	h.quiet.Record(h.now, b)
}

func (h *history) fail(t *rapid.T) {
	h.pass(t, 7*time.Second)
	b := h.batch(t, 1000)
	b.Err = errors.New("the query failed")
	h.record(b)
}

func (h *history) collect(t *rapid.T) {
	for range rapid.IntRange(1, 5).Draw(t, "collections") {
		h.pass(t, 7*time.Second)
		h.record(h.batch(t, 1000))
	}
}

func (h *history) collectIdle(t *rapid.T) {
	h.pass(t, 7*time.Second)
	h.record(h.batch(t, 0))
}

// batch has a value for most pods, a failure for some, garbage for some, and leaves some out; in any order, some twice.
func (h *history) batch(t *rapid.T, most int) sample.Batch {
	b := sample.Batch{Metric: "users", Partial: rapid.IntRange(0, 3).Draw(t, "partial") == 0}
	for _, uid := range append(slices.Sorted(maps.Keys(h.o.pods)), "a stranger") {
		answer := rapid.IntRange(0, 11).Draw(t, "answer")
		if h.mute[uid] {
			answer %= 2
		}
		switch answer {
		case 0:
			reasons := []sample.Reason{sample.ReasonTimeout, sample.ReasonNotReached}
			if !b.Partial {
				reasons = reasons[:1]
			}
			b.Failures = append(b.Failures, sample.Failure{Pod: uid, Reason: rapid.SampledFrom(reasons).Draw(t, "reason")})
		case 1:
		case 2:
			garbage := rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), -0.125, 1000.125}).Draw(t, "garbage")
			b.Samples = append(b.Samples, sample.Sample{Pod: uid, Value: garbage, Time: h.now})
		case 3:
			b.Samples = append(b.Samples, h.sample(t, uid, most), h.sample(t, uid, most))
		default:
			b.Samples = append(b.Samples, h.sample(t, uid, most))
		}
	}
	if len(b.Samples) > 0 {
		b.Samples = rapid.Permutation(b.Samples).Draw(t, "order")
	}
	return b
}

// sample is a value in eighths, so that sums are exact, measured now or at another moment.
func (h *history) sample(t *rapid.T, uid types.UID, most int) sample.Sample {
	x := sample.Sample{Pod: uid, Time: h.now, Value: float64(rapid.IntRange(0, 8*most).Draw(t, "eighths")) / 8}
	switch rapid.IntRange(0, 9).Draw(t, "when") {
	case 0, 1, 2:
		x.Time = h.now.Add(-time.Duration(rapid.Int64Range(0, int64(20*time.Second)).Draw(t, "late")))
	case 3:
		x.Time = h.now.Add(time.Duration(rapid.Int64Range(1, int64(7*time.Second)).Draw(t, "ahead")))
	case 4:
		x.Time = rapid.SampledFrom([]time.Time{{}, h.now.Add(5 * time.Second), h.now.Add(5*time.Second + 1)}).Draw(t, "odd")
	}
	return x
}

func (h *history) anyHPA(t *rapid.T) {
	wish := rapid.SampledFrom([]time.Duration{-1, -1, 0, 3 * time.Second, 30 * time.Second})
	var o smoothing.Override
	if d := wish.Draw(t, "rise"); d >= 0 {
		o.Rise = &d
	}
	if d := wish.Draw(t, "fall"); d >= 0 {
		o.Fall = &d
	}
	h.setHPA(anyName(t), anyTerms(t), o)
}

func anyName(t *rapid.T) HPA {
	return HPA{web.Namespace, rapid.SampledFrom([]string{"again", "web", "zoo"}).Draw(t, "HPA")}
}

func (h *history) setHPA(name HPA, s terms, wish smoothing.Override) {
	h.o.setHPA(name, s, wish)
	h.SetHPA(name, h.parse(s), wish)
	h.quiet.SetHPA(name, h.parse(s), wish)
}

func (h *history) noHPA(t *rapid.T) {
	name := anyName(t)
	h.o.deleteHPA(name)
	h.DeleteHPA(name)
	h.quiet.DeleteHPA(name)
}

func (h *history) query(t *rapid.T) {
	s := anyTerms(t)
	h.o.query(h.now, web.Namespace, s)
	_, _ = h.Group(h.now, "users", web.Namespace, h.parse(s)) // what it says is compared with all the rest
}

func (h *history) parse(s terms) labels.Selector { return selector(s.String()) }
