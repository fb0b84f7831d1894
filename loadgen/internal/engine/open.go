package engine

import (
	"context"
	"sync"
	"time"
)

// endLag is how far past the end a late arrival may still start: a machine that is busy for a moment must not look like one that
// cannot keep up, and one that cannot must not run on for long.
const endLag = time.Second

// Open is an open loop: requests start at an even rate, whether or not earlier ones have been answered.
type Open struct {
	Rate        float64       // arrivals per second, above 0
	MaxInFlight int           // an arrival that finds so many in flight is skipped; at least 1
	Duration    time.Duration // no request is due later than this
}

// Run lets Rate·Duration requests arrive, then waits for those in flight. A request that starts late knows when it was due; one
// that could only start long after the end is skipped. Cancelling ctx ends it at once.
func (o Open) Run(ctx context.Context, target Target) {
	start := time.Now()
	slots := make(chan struct{}, o.MaxInFlight)
	var inFlight sync.WaitGroup
	defer inFlight.Wait()
	for n := 0; o.offset(n) < o.Duration; n++ {
		due := start.Add(o.offset(n))
		if !sleep(ctx, time.Until(due)) {
			return
		}
		if time.Since(start) > o.Duration+endLag || !tryAcquire(slots) {
			target.Skip(due)
			continue
		}
		inFlight.Go(func() {
			defer func() { <-slots }()
			target.Send(ctx, due)
		})
	}
}

// offset is how long after the start arrival n is due.
func (o Open) offset(n int) time.Duration {
	return time.Duration(float64(n) / o.Rate * float64(time.Second))
}

func tryAcquire(slots chan<- struct{}) bool {
	select {
	case slots <- struct{}{}:
		return true
	default:
		return false
	}
}
