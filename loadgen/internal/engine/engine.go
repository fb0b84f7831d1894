// Package engine decides when requests start, who makes them and what they ask for. It knows nothing of HTTP: it drives a Target, in
// a closed loop (so many users, each waiting for an answer before asking again) or an open one (so many arrivals per second, whether
// or not answers come).
package engine

import (
	"context"
	"math/rand/v2"
	"time"

	"userscale.dev/userscale/loadgen/internal/profile"
)

// Request is one request that is to be made.
type Request struct {
	Due      time.Time // when it should start; latency counts from here
	User     int       // who makes it, from 0
	Scenario int       // what it asks for: an index of the Mix
}

// Target is what is put under load. Its methods are called from many goroutines.
type Target interface {
	// Send makes one request and returns when its answer is complete, or has failed for good. It returns promptly once ctx is
	// cancelled, and false if no answer came.
	Send(ctx context.Context, r Request) (answered bool)
	// Skip is told of a request that could not be sent in time.
	Skip(r Request)
}

// Load is what both loops need to know.
type Load struct {
	Profile  profile.Profile // users in the closed loop, arrivals per second in the open one
	Start    time.Time       // of the profile, about now
	Duration time.Duration   // no request is due later than this after Start
	Count    int64           // at most so many requests, skipped ones included; 0: no such bound
	Mix      Mix
	Seed     uint64 // of all that is drawn
}

// random returns the generator of one stream of random numbers; streams are independent of each other.
func (l *Load) random(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(l.Seed, stream)) }

// sleep waits for d and says whether it passed before ctx was done.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
