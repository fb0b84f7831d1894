package store

import (
	"errors"
	"fmt"
	"math"
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
		Name: "users", RawName: "users_raw", Interval: 10 * time.Second, MaxAge: 15 * time.Second, Min: 0, Max: 1e9,
		Smoothing: smoothing.HalfLives{Rise: 10 * time.Second, Fall: 10 * time.Second},
	}
}

// web is the HPA of every test, with its selector.
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
	t   *testing.T
	now time.Time
}

func newWorld(t *testing.T, metrics ...Metric) *world {
	w := &world{Store: New(metrics), t: t, now: epoch()}
	w.SetHPA(web, selector("app=web"), smoothing.Override{})
	return w
}

// play runs a script: one command a line, "#" begins a comment. Values and failures are given as pod=value or pod=reason.
//
//	run, pend, finish, leave POD…   the pod runs, waits for a node, has ended, is being deleted
//	gone POD…                       it no longer exists
//	relabel POD…                    it runs, with labels that do not match
//	tick DURATION [POD=VALUE…]      time passes, then a collection brings these
//	broken DURATION                 time passes, then a collection fails as a whole
//	wait DURATION                   time passes
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
	case "tick", "broken", "wait":
		d, err := time.ParseDuration(args[0])
		if err != nil {
			return err
		}
		w.now = w.now.Add(d)
		return w.collect(command, args[1:])
	case "total":
		return w.checkTotal(args)
	case "read":
		return w.checkRead(args)
	}
	for _, name := range args {
		p := running(name)
		switch command {
		case "run":
		case "pend", "finish":
			p.Running = false
		case "leave":
			p.Deleting = true
		case "relabel":
			p.Labels = map[string]string{"app": "other"}
		case "gone":
			w.DeletePod(p.UID)
			continue
		default:
			return errors.New("no such command")
		}
		w.SetPod(p)
	}
	return nil
}

func (w *world) collect(command string, args []string) error {
	b := sample.Batch{Metric: "users"}
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		if x, err := strconv.ParseFloat(value, 64); err == nil {
			b.Samples = append(b.Samples, sample.Sample{Pod: types.UID(name), Value: x, Time: w.now})
		} else {
			b.Failures = append(b.Failures, sample.Failure{Pod: types.UID(name), Reason: sample.Reason(value)})
		}
	}
	switch command {
	case "broken":
		b.Err = errors.New("query failed")
		fallthrough
	case "tick":
		w.Record(w.now, b)
	}
	return nil
}

func (w *world) total() Total { return w.Totals(w.now)[0] }

func (w *world) checkTotal(args []string) error {
	got := w.total()
	smoothed := strconv.FormatFloat(math.Round(got.Smoothed*1000)/1000, 'g', -1, 64)
	if args[1] == "?" {
		smoothed = "?"
	}
	have := fmt.Sprintf("%v %s %d %d", got.Raw, smoothed, got.Counted, got.Departing)
	if want := strings.Join(args, " "); have != want {
		return fmt.Errorf("total is %s", have)
	}
	return nil
}

func (w *world) checkRead(args []string) error {
	values, err := w.Group(w.now, "users", web.Namespace, selector("app=web"))
	var notFresh *sample.NotFreshError
	if err != nil && !errors.As(err, &notFresh) {
		return err
	}
	have := make([]string, len(values))
	for i, v := range values {
		have[i] = v.Name + "=" + strconv.FormatFloat(float64(v.Milli)/1000, 'g', -1, 64)
	}
	if err != nil {
		have = []string{"none"}
	}
	if strings.Join(have, " ") != strings.Join(args, " ") {
		return fmt.Errorf("read %v", have)
	}
	return nil
}

// playAsking plays a script and, if ask is set, reads all that there is in place of each "%[1]s".
func (w *world) playAsking(script string, ask bool) {
	w.t.Helper()
	for i, piece := range strings.Split(script, "%[1]s") {
		if ask && i > 0 {
			_, _ = w.Group(w.now, "users", web.Namespace, selector("app=web")) // whatever it says
			_ = w.Totals(w.now)
		}
		w.play(piece)
	}
}
