package pods

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
	"pgregory.net/rapid"

	"userscale.dev/userscale/pkg/sample"
)

// cluster answers for pods by the path that they are asked at: /TAKES, or never where that is 0.
type cluster struct{ memory }

func (c cluster) RoundTrip(r *http.Request) (*http.Response, error) {
	takes, err := time.ParseDuration(strings.TrimPrefix(r.URL.Path, "/"))
	if err != nil {
		return nil, err
	}
	if takes == 0 {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	select {
	case <-time.After(takes):
		return c.memory.RoundTrip(r)
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

func inCluster(c Config) Config {
	c.Field, c.Transport = "active_users", cluster{inMemory("application/json", `{"active_users": 5}`)}
	return c
}

// taking are n pods that take that long to answer; 0: they never do.
func taking(takes time.Duration, name string, n int) fixed {
	var list fixed
	for i := range n {
		list = append(list, sample.Pod{
			UID: types.UID(fmt.Sprintf("%s%d", name, i)), Name: name, IP: fmt.Sprintf("10.0.%d.%d", i>>8, i&255),
			Targets: []sample.Target{{Metric: "m", Scheme: "http", Port: 80, Path: "/" + takes.String()}},
		})
	}
	return list
}

func count(b sample.Batch) (samples int, failures map[sample.Reason]int) {
	failures = map[sample.Reason]int{}
	for _, f := range b.Failures {
		failures[f.Reason]++
	}
	return len(b.Samples), failures
}

// TestSlowPodsHoldUpNobody: 50 pods that answer in 10 ms have their values in the very first collection, though 900 that never do are
// asked before them and not yet known for it.
func TestSlowPodsHoldUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := slices.Concat(taking(0, "hangs", 900), taking(10*time.Millisecond, "fine", 50))
		start := time.Now()
		b := newSource(t, inCluster(Config{Interval: time.Second, Timeout: 800 * time.Millisecond}), all).Collect(quiet(t))
		samples, failures := count(b)
		if samples != 50 || failures[sample.ReasonTimeout] != 900 {
			t.Errorf("%d samples, failures %v", samples, failures)
		}
		for _, s := range b.Samples {
			if waited := s.Time.Sub(start); waited > 400*time.Millisecond {
				t.Errorf("%s was asked after %v", s.Pod, waited)
			}
		}
	})
}

// TestEveryPodsTurnComes: with 10,000 pods that never answer no collection takes longer than its interval. 50 that do have their
// values in each, once they are known, and each of the others is asked by and by.
func TestEveryPodsTurnComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := slices.Concat(taking(0, "hangs", 10_000), taking(10*time.Millisecond, "fine", 50))
		s := newSource(t, inCluster(Config{Interval: time.Second, Timeout: 800 * time.Millisecond}), all)
		known, asked := 0, map[types.UID]bool{}
		for round := 1; len(asked) < len(all); round++ {
			if round > 20 {
				t.Fatalf("after %d collections %d of %d pods were asked", round, len(asked), len(all))
			}
			start := time.Now()
			b := s.Collect(quiet(t))
			if took := time.Since(start); took > time.Second {
				t.Errorf("collection %d took %v", round, took)
			}
			if len(b.Samples) < known {
				t.Errorf("collection %d has %d samples, the one before %d", round, len(b.Samples), known)
			}
			known = len(b.Samples)
			for _, x := range b.Samples {
				asked[x.Pod] = true
			}
			for _, f := range b.Failures {
				switch f.Reason {
				case sample.ReasonTimeout:
					asked[f.Pod] = true
				case sample.ReasonNotReached:
				default:
					t.Errorf("%s: %s", f.Pod, f.Reason)
				}
			}
		}
		if known != 50 {
			t.Errorf("%d pods answer, want 50", known)
		}
	})
}

// TestCollectionsEndInTime, whatever pods there are: within the interval, with an outcome for each pod, and an honest one.
func TestCollectionsEndInTime(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		milliseconds := func(most int, name string) time.Duration {
			return time.Duration(rapid.IntRange(0, most).Draw(rt, name)) * time.Millisecond
		}
		c := Config{Interval: 100*time.Millisecond + milliseconds(5000, "interval")}
		c.Timeout = min(c.Interval, time.Millisecond+milliseconds(5000, "timeout"))
		takes := map[types.UID]time.Duration{}
		var all fixed
		for i := range rapid.IntRange(1, 5).Draw(rt, "kinds") {
			of := milliseconds(6000, "takes")
			kind := taking(of, fmt.Sprintf("kind%d-", i), rapid.IntRange(0, 1500).Draw(rt, "pods"))
			for j := range kind {
				takes[kind[j].UID] = of
			}
			all = append(all, kind...)
		}
		var wrong error
		synctest.Test(t, func(t *testing.T) {
			s := newSource(t, inCluster(c), all)
			for range 3 {
				start := time.Now()
				b := s.Collect(quiet(t))
				if wrong = checkInTime(c, b, start, takes); wrong != nil {
					return
				}
				time.Sleep(c.Interval - time.Since(start))
			}
		})
		if wrong != nil {
			rt.Fatal(wrong)
		}
	})
}

// checkInTime judges a batch just collected of pods that take so long.
func checkInTime(c Config, b sample.Batch, start time.Time, takes map[types.UID]time.Duration) error {
	if took := time.Since(start); took > c.Interval {
		return fmt.Errorf("took %v of %v", took, c.Interval)
	}
	if len(b.Samples)+len(b.Failures) != len(takes) {
		return fmt.Errorf("%d samples and %d failures of %d pods", len(b.Samples), len(b.Failures), len(takes))
	}
	if missed := slices.ContainsFunc(b.Failures, notReached); b.Partial != missed {
		return fmt.Errorf("partial is %v, and some were missed: %v", b.Partial, missed)
	}
	for _, x := range b.Samples {
		if of := takes[x.Pod]; of == 0 || of > c.Timeout || x.Time.Before(start) {
			return fmt.Errorf("%s has a value, and takes %v of %v", x.Pod, of, c.Timeout)
		}
	}
	for _, f := range b.Failures {
		of, all := takes[f.Pod], len(takes) <= burst
		switch {
		case f.Reason == sample.ReasonNotReached && !all:
		case f.Reason == sample.ReasonTimeout && (of == 0 || of >= c.Timeout/2):
		default:
			return fmt.Errorf("%s of %d: %s: %w, and takes %v of %v", f.Pod, len(takes), f.Reason, f.Err, of, c.Timeout)
		}
	}
	return nil
}

func notReached(f sample.Failure) bool { return f.Reason == sample.ReasonNotReached }

func quiet(t testing.TB) context.Context { return klog.NewContext(t.Context(), klog.Logger{}) }
