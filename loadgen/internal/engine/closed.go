package engine

import (
	"context"
	"time"
)

// unansweredPause is how long a user waits after a request that got no answer. Without it, users who are refused would only
// spin, and starve the very machine that is to come back.
const unansweredPause = 100 * time.Millisecond

// resizeEvery is how often the number of users follows the profile.
const resizeEvery = 10 * time.Millisecond

// Closed is a closed loop: as many users as the profile says, rounded, who each start their next request when their last one has been
// answered and they have thought about it.
type Closed struct {
	Load
	Think Think
}

// Run keeps the users busy until Duration is over, then waits for the requests in flight. A user who is one too many leaves after the
// request in flight. Cancelling ctx ends it at once.
func (c Closed) Run(ctx context.Context, target Target) {
	open, stop := context.WithDeadline(ctx, c.Start.Add(c.Duration))
	defer stop()
	crew := newCrew(c, target, stop)
	defer crew.wait()
	ticker := time.NewTicker(resizeEvery)
	defer ticker.Stop()
	for open.Err() == nil {
		crew.resize(ctx, open, int(c.Profile.Level(time.Since(c.Start))+0.5))
		select {
		case <-ticker.C:
		case <-open.Done():
		}
	}
}
