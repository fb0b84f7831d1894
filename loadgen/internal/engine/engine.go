// Package engine decides when requests start. It knows nothing of HTTP: it drives a Target, in a closed loop (so many users,
// each waiting for its answer) or an open one (so many arrivals per second, whether or not answers come).
package engine

import (
	"context"
	"time"
)

// Target is what is put under load. Its methods are called from many goroutines.
type Target interface {
	// Send makes one request and returns when its answer is complete, or has failed for good. due is when the request should
	// have started. It returns promptly once ctx is cancelled, and false if no answer came.
	Send(ctx context.Context, due time.Time) (answered bool)
	// Skip is told of an arrival that was due at due and could not be sent in time.
	Skip(due time.Time)
}

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
