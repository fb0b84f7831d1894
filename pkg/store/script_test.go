package store

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// users is a metric whose smoothed total covers half of the way in 10 s, up and down.
func users() Metric {
	return Metric{
		Name: "users", RawName: "users_raw", TotalName: "users_total", Interval: 10 * time.Second, MaxAge: 15 * time.Second, Min: 0, Max: 1e9,
		Smoothing: smoothing.HalfLives{Rise: 10 * time.Second, Fall: 10 * time.Second},
	}
}

// web is the HPA of every script, with its selector.
var web = HPA{Namespace: "shop", Name: "web"}

func selector(text string) labels.Selector {
	s, err := labels.Parse(text)
	if err != nil {
		panic(err)
	}
	return s
}

func running(name string) sample.Pod {
	return sample.Pod{
		UID: types.UID(name), Namespace: web.Namespace, Name: name, Running: true,
		Labels: map[string]string{"app": "web"}, Started: epoch(),
	}
}

func epoch() time.Time { return time.Unix(1_800_000_000, 0).UTC() }

// world is a store that a script plays with, in virtual time.
type world struct {
	*Store
	t       testing.TB
	now     time.Time
	metrics []Metric
	known   map[types.UID]sample.Pod // the script's pods, as last set
}

func newWorld(t testing.TB, metrics ...Metric) *world {
	w := &world{t: t, now: epoch(), metrics: metrics, known: map[types.UID]sample.Pod{}}
	w.restart()
	return w
}

// restart begins with a store that knows the pods and none of their values.
func (w *world) restart() {
	w.Store = New(w.metrics)
	w.SetHPA(web, selector("app=web"), smoothing.Override{})
	for _, uid := range slices.Sorted(maps.Keys(w.known)) {
		w.SetPod(w.known[uid])
	}
}

// play runs a script: one command a line, "#" begins a comment. A pod is NAME, or NAME/N for the Nth pod of that name; where it first
// appears, @IP says where it is scraped. Values and failures are given as POD=VALUE, measured now or, as POD=VALUE@-3s, at another
// moment, or POD=REASON.
//
//	run, ready POD…                 the pod runs, and has become ready
//	pend, finish, leave POD…        it waits for a node, has ended, is being deleted
//	gone POD…                       it no longer exists
//	relabel POD…                    its labels do not match, until it runs again
//	tick DURATION [POD=VALUE…]      time passes, then a collection brings these
//	partial DURATION [POD=VALUE…]   likewise, of a collection that may have missed some pods
//	broken DURATION                 time passes, then a collection fails as a whole
//	wait DURATION                   time passes
//	restart                         the store begins anew
//	total X S COUNTED DEPARTING     what Totals says; S "?" is not looked at
//	read POD=VALUE… | none          what Group says
func (w *world) play(script string) {
	w.t.Helper()
	for n, line := range strings.Split(script, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if words := strings.Fields(line); len(words) > 0 {
			if err := w.do(words[0], words[1:]); err != nil {
				w.t.Fatalf("line %d, %q: %v", n+1, strings.TrimSpace(line), err)
			}
		}
	}
}

func (w *world) do(command string, args []string) error {
	switch command {
	case "tick", "partial", "broken", "wait":
		d, err := time.ParseDuration(args[0])
		if err != nil {
			return err
		}
		w.now = w.now.Add(d)
		return w.collect(command, args[1:])
	case "restart":
		w.restart()
		return nil
	case "total":
		return w.checkTotal(args)
	case "read":
		return w.checkRead(args)
	}
	for _, arg := range args {
		if err := w.change(command, w.pod(arg)); err != nil {
			return err
		}
	}
	return nil
}

// pod returns a pod of the script as it is, or as it starts.
func (w *world) pod(arg string) sample.Pod {
	uid, ip, _ := strings.Cut(arg, "@")
	if p, ok := w.known[types.UID(uid)]; ok {
		return p
	}
	name, _, _ := strings.Cut(uid, "/")
	p := running(name)
	p.UID, p.Started, p.IP = types.UID(uid), w.now, ip
	if ip != "" {
		p.Targets = []sample.Target{{Metric: "users", Scheme: "http", Port: 8000, Path: "/metrics"}}
	}
	return p
}

func (w *world) change(command string, p sample.Pod) error {
	switch command {
	case "run":
		p.Running, p.Labels = true, map[string]string{"app": "web"}
	case "ready":
		p.Running, p.Ready, p.ReadyTime = true, true, w.now
	case "pend", "finish":
		p.Running = false
	case "leave":
		p.Deleting = true
	case "relabel":
		p.Labels = map[string]string{"app": "other"}
	case "gone":
		delete(w.known, p.UID)
		w.DeletePod(p.UID)
		return nil
	default:
		return errors.New("no such command")
	}
	w.known[p.UID] = p
	w.SetPod(p)
	return nil
}

func (w *world) collect(command string, args []string) error {
	b := sample.Batch{Metric: "users", Partial: command == "partial"}
	for _, arg := range args {
		pod, value, _ := strings.Cut(arg, "=")
		value, offset, late := strings.Cut(value, "@")
		x, err := strconv.ParseFloat(value, 64)
		if err != nil {
			b.Failures = append(b.Failures, sample.Failure{Pod: types.UID(pod), Reason: sample.Reason(value)})
			continue
		}
		at := w.now
		if late {
			d, err := time.ParseDuration(offset)
			if err != nil {
				return err
			}
			at = at.Add(d)
		}
		b.Samples = append(b.Samples, sample.Sample{Pod: types.UID(pod), Value: x, Time: at})
	}
	switch command {
	case "broken":
		b.Err = errors.New("query failed")
		fallthrough
	case "tick", "partial":
		w.Record(w.now, b)
	}
	return nil
}

func (w *world) total() Total { return w.Totals(w.now)[0] }

func (w *world) checkTotal(args []string) error {
	got := w.total()
	smoothed := thousandths(got.Smoothed)
	if args[1] == "?" {
		smoothed = "?"
	}
	have := fmt.Sprintf("%v %s %d %d", got.Raw, smoothed, got.Counted, got.Departing)
	if want := strings.Join(args, " "); have != want {
		return fmt.Errorf("total is %s", have)
	}
	return nil
}

func thousandths(x float64) string { return strconv.FormatFloat(math.Round(x*1000)/1000, 'g', -1, 64) }

func (w *world) checkRead(args []string) error {
	have, err := w.served()
	var notFresh *sample.NotFreshError
	if err != nil && !errors.As(err, &notFresh) {
		return err
	}
	if err != nil {
		have = "none"
	}
	if have != strings.Join(args, " ") {
		return fmt.Errorf("read %v", have)
	}
	return nil
}

// served is what Group says, as NAME=VALUE.
func (w *world) served() (string, error) {
	values, err := w.Group(w.now, "users", web.Namespace, selector("app=web"))
	have := make([]string, len(values))
	for i, v := range values {
		have[i] = v.Name + "=" + thousandths(float64(v.Milli)/1000)
	}
	return strings.Join(have, " "), err
}
