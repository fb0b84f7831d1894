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

func TestOpenArrivesEvenly(t *testing.T) {
	for _, latency := range []time.Duration{0, 10 * time.Second} { // answers or none: arrivals are the same
		synctest.Test(t, func(t *testing.T) {
			target := newFakeTarget(latency)
			Open{Load: load(profile.Constant(2.5), 2*time.Second), Users: 1, MaxInFlight: 100}.Run(t.Context(), target)
			want := []time.Duration{0, 400 * ms, 800 * ms, 1200 * ms, 1600 * ms}
			if diff := cmp.Diff(want, target.sortedStarts()); diff != "" {
				t.Errorf("latency %s: starts (-want +got):\n%s", latency, diff)
			}
			if target.skipped != 0 || target.cut != 0 {
				t.Errorf("latency %s: %d skipped, %d cut; want none", latency, target.skipped, target.cut)
			}
		})
	}
}

// Whatever the profile and however slow the answers, at any time as many requests have been due as the integral says, and each is
// sent when it is due or counted as skipped.
func TestOpenOffersTheIntegral(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		level := rapid.Float64Range(0, 300)
		var p profile.Profile
		switch rapid.IntRange(0, 3).Draw(rt, "form") {
		case 0:
			p = profile.Ramp(level.Draw(rt, "from"), level.Draw(rt, "to"), 2*time.Second)
		case 1:
			p = profile.Steps(500*ms, rapid.SliceOfN(level, 1, 6).Draw(rt, "levels")...)
		case 2:
			p = profile.NewSine(0, level.Draw(rt, "high"), time.Duration(rapid.IntRange(200, 5000).Draw(rt, "period"))*ms)
		case 3:
			p = profile.Spike(level.Draw(rt, "base"), level.Draw(rt, "peak"), 700*ms, 100*ms)
		}
		latency := time.Duration(rapid.IntRange(0, 1000).Draw(rt, "latency")) * ms
		most := rapid.IntRange(1, 400).Draw(rt, "most in flight")
		synctest.Test(t, func(t *testing.T) {
			target := newFakeTarget(latency)
			const duration = 3 * time.Second
			go Open{Load: load(p, duration), Users: 10, MaxInFlight: most}.Run(t.Context(), target)
			for at := 500 * ms; at < 5*time.Second; at += 500 * ms {
				time.Sleep(500*ms - time.Nanosecond)
				synctest.Wait()
				offered := float64(target.offered())
				if want := p.Integral(min(at, duration)); math.Abs(offered-want) > 1+1e-6 {
					t.Errorf("%v offered by %s, the integral is %v", offered, at, want)
				}
				time.Sleep(time.Nanosecond)
			}
			synctest.Wait()
			for _, late := range target.late {
				if late != 0 {
					t.Errorf("a request is late by %s", late)
				}
			}
			if target.most > most {
				t.Errorf("%d in flight, want at most %d", target.most, most)
			}
		})
	})
}

// The numbers of arrivals of a Poisson process in stretches that do not overlap are independent, with a variance that is the mean.
func TestOpenPoisson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newFakeTarget(0)
		const seconds = 2000
		l := load(profile.NewSine(0, 40, 10*time.Second), seconds*time.Second) // a mean of 20/s, however it swings
		Open{Load: l, Poisson: true, Users: 1, MaxInFlight: 1000}.Run(t.Context(), target)
		counts := make([]float64, seconds/10)
		for _, at := range target.starts {
			counts[int(at/(10*time.Second))]++
		}
		mean, variance := moments(counts)
		// 200 counts of mean 200: their mean is off by 1 (one sigma), their variance by 20.
		if math.Abs(mean-200) > 4 || math.Abs(variance-200) > 80 {
			t.Errorf("mean %v and variance %v in 10 s, want 200 and 200", mean, variance)
		}
	})
}

func moments(xs []float64) (mean, variance float64) {
	for _, x := range xs {
		mean += x / float64(len(xs))
	}
	for _, x := range xs {
		variance += (x - mean) * (x - mean) / float64(len(xs)-1)
	}
	return mean, variance
}

func TestOpenDrawsUsersAndScenarios(t *testing.T) {
	run := func(seed uint64) *fakeTarget {
		var target *fakeTarget
		synctest.Test(t, func(t *testing.T) {
			target = newFakeTarget(0)
			l := load(profile.Constant(1000), 40*time.Second)
			l.Mix, l.Seed = NewMix(3, 0.5, 0.5), seed
			Open{Load: l, Poisson: true, Users: 40, MaxInFlight: 1000}.Run(t.Context(), target)
		})
		return target
	}
	first, again, other := run(5), run(5), run(6)
	total := float64(len(first.starts))
	for scenario, share := range []float64{0.75, 0.125, 0.125} {
		if got := float64(first.scenarios[scenario]) / total; math.Abs(got-share) > 0.01 {
			t.Errorf("scenario %d is %v of the requests, want %v", scenario, got, share)
		}
	}
	if len(first.users) != 40 {
		t.Errorf("%d users, want 40", len(first.users))
	}
	for user, n := range first.users {
		if math.Abs(float64(n)-1000) > 150 { // sigma is 31
			t.Errorf("user %d made %d requests, want about 1000", user, n)
		}
	}
	if diff := cmp.Diff(first.starts, again.starts); diff != "" || !cmp.Equal(first.users, again.users) {
		t.Error("the same seed gives another load")
	}
	if cmp.Equal(first.starts, other.starts) {
		t.Error("another seed gives the same load")
	}
}

func TestOpenCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newFakeTarget(time.Minute)
		l := load(profile.Constant(10), time.Hour)
		l.Count = 7
		Open{Load: l, Users: 1, MaxInFlight: 5}.Run(t.Context(), target)
		if len(target.starts) != 5 || target.skipped != 2 || target.cut != 0 || time.Since(target.begin) != time.Minute+400*ms {
			t.Errorf("%d sent, %d skipped, %d cut, in %s; want 5, 2, 0, and to wait for the last answer",
				len(target.starts), target.skipped, target.cut, time.Since(target.begin))
		}
	})
}

func TestOpenSkipsBeyondMaxInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newFakeTarget(time.Minute)
		Open{Load: load(profile.Constant(10), time.Second), Users: 1, MaxInFlight: 3}.Run(t.Context(), target)
		if len(target.starts) != 3 || target.most != 3 || target.skipped != 7 {
			t.Errorf("%d sent, at most %d in flight, %d skipped; want 3, 3, 7", len(target.starts), target.most, target.skipped)
		}
	})
}

func TestOpenStopsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		target := newFakeTarget(time.Minute)
		time.AfterFunc(1500*ms, cancel)
		Open{Load: load(profile.Constant(1), time.Hour), Users: 1, MaxInFlight: 10}.Run(ctx, target) // waits for arrival 2 when it is stopped
		if took := time.Since(target.begin); took != 1500*ms {
			t.Errorf("returned after %s, want 1.5s", took)
		}
		if len(target.starts) != 2 || target.cut != 2 || target.skipped != 0 {
			t.Errorf("%d sent, %d cut, %d skipped; want 2, 2, 0", len(target.starts), target.cut, target.skipped)
		}
	})
}

// stalling holds the engine's own loop up whenever it skips, as an overloaded machine would.
type stalling struct {
	*fakeTarget
	stall time.Duration
}

func (s stalling) Skip(r Request) {
	s.fakeTarget.Skip(r)
	time.Sleep(s.stall) // fake time
}

func TestOpenCountsWhatItCouldNotSend(t *testing.T) {
	tests := []struct {
		name  string
		stall time.Duration
		late  []time.Duration // of those that were sent
	}{
		// Arrival 0 is sent; 1, due at 100 ms, finds it in flight and stalls the loop. Once that is over, 2 starts late, 3 is due at the
		// same moment and stalls again, and so on.
		{"a little late", 450 * ms, []time.Duration{0, 350 * ms, 600 * ms, 850 * ms, 1100 * ms}},
		{"just within the lag", 1850 * ms, []time.Duration{0, 1750 * ms}},
		{"beyond the lag", 1950 * ms, []time.Duration{0}},
	}
	for _, test := range tests {
		synctest.Test(t, func(t *testing.T) {
			target := stalling{newFakeTarget(150 * ms), test.stall}
			Open{Load: load(profile.Constant(10), time.Second), Users: 1, MaxInFlight: 1}.Run(t.Context(), target)
			if diff := cmp.Diff(test.late, target.late); diff != "" {
				t.Errorf("%s: lateness (-want +got):\n%s", test.name, diff)
			}
			if got := len(target.starts) + target.skipped; got != 10 {
				t.Errorf("%s: %d arrivals counted, want 10", test.name, got)
			}
		})
	}
}

// instant answers at once.
type instant struct{}

func (instant) Send(context.Context, Request) bool { return true }
func (instant) Skip(Request)                       {}

// BenchmarkOpen is what an arrival costs without its request: a time, a user, a scenario and a goroutine.
func BenchmarkOpen(b *testing.B) {
	b.ReportAllocs()
	l := load(profile.NewSine(1e9, 2e9, time.Second), time.Hour) // always late, so that nothing is waited for
	l.Mix, l.Count = NewMix(3, 1), int64(b.N)
	Open{Load: l, Poisson: true, Users: 1000, MaxInFlight: 10_000}.Run(b.Context(), instant{})
}
