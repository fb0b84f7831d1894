package engine

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"userscale.dev/userscale/loadgen/internal/profile"
)

// endLag is how far past the end a late arrival may still start: a machine that is busy for a moment must not look like one that
// cannot keep up, and one that cannot must not run on for long.
const endLag = time.Second

// Open is an open loop: requests arrive as the profile says, whether or not earlier ones have been answered.
type Open struct {
	Load
	Poisson     bool // arrivals are independent of each other; else evenly spaced
	Users       int  // each arrival is one of so many users, drawn evenly; at least 1
	MaxInFlight int  // an arrival that finds so many in flight is skipped; at least 1
	// Wait returns at a time, or false once Run's context is done. It may be nil: Go's timers then do.
	Wait func(until time.Time) bool
}

// Run lets requests arrive, then waits for those in flight. A request that starts late knows when it was due; one that could only
// start long after the end is skipped. Cancelling ctx ends it at once.
func (o Open) Run(ctx context.Context, target Target) {
	random := o.random(0)
	arrivals := arrivals{profile: o.Profile}
	if o.Poisson {
		arrivals.gap = random.ExpFloat64
	}
	wait := o.Wait
	if wait == nil {
		wait = func(until time.Time) bool { return sleep(ctx, time.Until(until)) }
	}
	slots := make(chan struct{}, o.MaxInFlight)
	var inFlight sync.WaitGroup
	defer inFlight.Wait()
	for n := int64(0); o.Count == 0 || n < o.Count; n++ {
		offset := arrivals.next()
		if offset >= o.Duration {
			return
		}
		r := o.request(offset, random)
		if !wait(r.Due) {
			return
		}
		if time.Since(o.Start) > o.Duration+endLag || !tryAcquire(slots) {
			target.Skip(r)
			continue
		}
		inFlight.Go(func() {
			defer func() { <-slots }()
			target.Send(ctx, r)
		})
	}
}

func (o Open) request(offset time.Duration, random *rand.Rand) Request {
	return Request{Due: o.Start.Add(offset), User: random.IntN(o.Users), Scenario: o.Mix.pick(random)}
}

func tryAcquire(slots chan<- struct{}) bool {
	select {
	case slots <- struct{}{}:
		return true
	default:
		return false
	}
}

// arrivals says when the next one is due: when the integral of the rate has grown by one, so that their number is exact; or, for a
// Poisson process of that rate, by an exponentially distributed amount with the mean 1 (the process in the time scale in which its rate
// is 1).
type arrivals struct {
	profile profile.Profile
	gap     func() float64 // nil: evenly spaced
	at      float64        // the integral at the next one
}

// next returns the offset from the start, which never falls.
func (a *arrivals) next() time.Duration {
	if a.gap != nil {
		a.at += a.gap()
		return a.profile.When(a.at)
	}
	due := a.profile.When(a.at)
	a.at++
	return due
}
