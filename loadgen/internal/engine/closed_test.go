package engine

import (
	"context"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"userscale.dev/userscale/loadgen/internal/profile"
)

func TestClosedKeepsUsersBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newFakeTarget(300 * ms)
		go Closed{Load: load(profile.Constant(7), 10*time.Second)}.Run(t.Context(), target)
		for range 99 {
			time.Sleep(101 * ms) // fake time; never at a request's boundary
			synctest.Wait()
			if got := target.now(); got != 7 {
				t.Fatalf("at %s: %d requests in flight, want 7", time.Since(target.begin), got)
			}
		}
		time.Sleep(time.Second)
		synctest.Wait()
		// The last requests start at 9.9 s and are let finish.
		if got, want := len(target.starts), 7*34; got != want || target.now() != 0 || target.cut != 0 {
			t.Errorf("%d requests, %d in flight, %d cut; want %d, 0, 0", got, target.now(), target.cut, want)
		}
		if target.most != 7 || len(target.users) != 7 {
			t.Errorf("at most %d in flight, of %d users; want 7, 7", target.most, len(target.users))
		}
	})
}

func TestClosedRamp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newFakeTarget(10 * time.Second) // nobody starts twice
		Closed{Load: load(profile.Ramp(0, 4, 2*time.Second), 5*time.Second)}.Run(t.Context(), target)
		want := []time.Duration{250 * ms, 750 * ms, 1250 * ms, 1750 * ms}
		if diff := cmp.Diff(want, target.sortedStarts()); diff != "" {
			t.Errorf("starts (-want +got):\n%s", diff)
		}
	})
}

// Whatever the profile, the number of users is what it says, but for those who still wait for the answer that they asked for.
func TestClosedFollowsTheProfile(t *testing.T) {
	const latency = 20 * ms
	rapid.Check(t, func(rt *rapid.T) {
		level := rapid.Float64Range(0, 40)
		var p profile.Profile
		switch rapid.IntRange(0, 2).Draw(rt, "form") {
		case 0:
			p = profile.Ramp(level.Draw(rt, "from"), level.Draw(rt, "to"), 3*time.Second)
		case 1:
			p = profile.Steps(500*ms, rapid.SliceOfN(level, 1, 8).Draw(rt, "levels")...)
		case 2:
			p = profile.NewSine(0, level.Draw(rt, "high"), time.Duration(rapid.IntRange(1000, 5000).Draw(rt, "period"))*ms)
		}
		synctest.Test(t, func(t *testing.T) {
			target := newFakeTarget(latency)
			begin := time.Now()
			users := func(at time.Duration) float64 { return math.Floor(p.Level(at) + 0.5) }
			go Closed{Load: load(p, 4*time.Second)}.Run(t.Context(), target)
			time.Sleep(5 * ms)
			for at := 5 * ms; at < 3900*ms; at += 50 * ms {
				synctest.Wait()
				least, most := math.Inf(1), 0.0
				for back := time.Duration(0); back <= latency+resizeEvery; back += ms {
					least, most = min(least, users(max(0, at-back))), max(most, users(max(0, at-back)))
				}
				if got := float64(target.now()); got < least || got > most {
					t.Errorf("%v users at %s, want %v to %v", got, time.Since(begin), least, most)
				}
				time.Sleep(50 * ms)
			}
			time.Sleep(time.Second)
		})
	})
}

// Users who leave and come back are the same ones, and nobody is there twice.
func TestClosedUsersComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newFakeTarget(103 * ms)
		Closed{Load: load(profile.Steps(time.Second, 3, 1, 3), 3*time.Second)}.Run(t.Context(), target)
		want := map[int]int{0: 30, 1: 20, 2: 20}
		if diff := cmp.Diff(want, target.users); diff != "" || target.most != 3 {
			t.Errorf("at most %d at once, requests by user (-want +got):\n%s", target.most, diff)
		}
	})
}

// One who is called back before the last answer has come goes on when it comes; until then nobody stands in.
func TestClosedUserIsCalledBackInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newFakeTarget(2500 * ms)
		Closed{Load: load(profile.Steps(time.Second, 3, 1, 3), 4*time.Second)}.Run(t.Context(), target)
		want := map[int]int{0: 2, 1: 2, 2: 2}
		if diff := cmp.Diff(want, target.users); diff != "" || target.most != 3 {
			t.Errorf("at most %d at once, requests by user (-want +got):\n%s", target.most, diff)
		}
	})
}

func TestClosedThinks(t *testing.T) {
	for _, think := range []Think{{Mean: 900 * ms}, {Mean: 900 * ms, Spread: 900 * ms}, {Mean: 900 * ms, Exponential: true}} {
		synctest.Test(t, func(t *testing.T) {
			target := newFakeTarget(100 * ms)
			Closed{Load: load(profile.Constant(50), 200*time.Second), Think: think}.Run(t.Context(), target)
			// 50 users, a request each second of each. The sum of 200 exponential times is off by 1/√200 for one user.
			if got := len(target.starts); math.Abs(float64(got)-10_000) > 300 {
				t.Errorf("%+v: %d requests, want about 10000", think, got)
			}
			if late := target.late[len(target.late)-1]; late != 0 {
				t.Errorf("%+v: a request is late by %s; it is due when its user has thought", think, late)
			}
		})
	}
}

func TestThinkIsDistributedAsDocumented(t *testing.T) {
	l := Load{Seed: 3}
	random := l.random(1)
	const n = 100_000
	for _, test := range []struct {
		think         Think
		least, most   time.Duration
		mean, squared float64 // of t and of t², in seconds
	}{
		{Think{}, 0, 0, 0, 0},
		{Think{Mean: 2 * time.Second}, 2 * time.Second, 2 * time.Second, 2, 4},
		{Think{Mean: 2 * time.Second, Spread: time.Second}, time.Second, 3 * time.Second, 2, 4 + 1.0/3},
		{Think{Mean: 2 * time.Second, Exponential: true}, 0, time.Hour, 2, 8},
	} {
		sum, squares := 0.0, 0.0
		for range n {
			d := test.think.draw(random)
			if d < test.least || d > test.most {
				t.Fatalf("%+v: %s, want %s to %s", test.think, d, test.least, test.most)
			}
			sum += d.Seconds()
			squares += d.Seconds() * d.Seconds()
		}
		if math.Abs(sum/n-test.mean) > 0.03 || math.Abs(squares/n-test.squared) > 0.2 {
			t.Errorf("%+v: mean %v, of squares %v; want %v, %v", test.think, sum/n, squares/n, test.mean, test.squared)
		}
	}
}

func TestClosedCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newFakeTarget(100 * ms)
		l := load(profile.Constant(4), time.Hour)
		l.Count = 10
		Closed{Load: l, Think: Think{Mean: 50 * ms}}.Run(t.Context(), target)
		if took := time.Since(target.begin); len(target.starts) != 10 || took != 400*ms || target.cut != 0 {
			t.Errorf("%d requests, %d cut, in %s; want 10, 0, 400ms: the last one is let finish", len(target.starts), target.cut, took)
		}
	})
}

func TestClosedPausesAfterNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newFakeTarget(0)
		target.declines = true
		Closed{Load: load(profile.Constant(3), 950*ms)}.Run(t.Context(), target)
		if got, want := len(target.starts), 30; got != want {
			t.Errorf("%d requests, want %d: 3 users, one each %s", got, want, unansweredPause)
		}
	})
}

func TestClosedStopsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		target := newFakeTarget(time.Minute)
		time.AfterFunc(2505*ms, cancel)
		// Users 0 to 2 have started by then; 3 and 4 never do.
		Closed{Load: load(profile.Ramp(0, 5, 5*time.Second), time.Hour)}.Run(ctx, target)
		if took := time.Since(target.begin); took != 2505*ms {
			t.Errorf("returned after %s, want 2.505s", took)
		}
		if len(target.starts) != 3 || target.cut != 3 {
			t.Errorf("%d requests, %d cut; want 3, 3", len(target.starts), target.cut)
		}
	})
}

func TestClosedNothingStartsAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newFakeTarget(700 * ms)
		Closed{Load: load(profile.Ramp(0, 2, 500*ms), 2*time.Second)}.Run(t.Context(), target)
		want := []time.Duration{130 * ms, 380 * ms, 830 * ms, 1080 * ms, 1530 * ms, 1780 * ms} // the first look at or after 125 and 375 ms
		if diff := cmp.Diff(want, target.sortedStarts()); diff != "" {
			t.Errorf("starts (-want +got):\n%s", diff)
		}
		if took := time.Since(target.begin); took != 2480*ms || target.cut != 0 {
			t.Errorf("returned after %s with %d cut, want 2.48s with 0: requests in flight may finish", took, target.cut)
		}
	})
}
