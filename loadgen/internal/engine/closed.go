package engine

import (
	"context"
	"sync"
	"time"
)

// unansweredPause is how long a user waits after a request that got no answer. Without it, users who are refused would only
// spin, and starve the very machine that is to come back.
const unansweredPause = 100 * time.Millisecond

// Closed is a closed loop: users who start their next request as soon as their last one has been answered.
type Closed struct {
	Users    int           // at least 1
	Ramp     time.Duration // user i of n starts at Ramp·i/n; 0 starts all at once, and requests of one length then end at once too
	Duration time.Duration // no request starts later than this
}

// Run keeps the users busy until Duration is over, then waits for the requests in flight. Cancelling ctx ends it at once.
func (c Closed) Run(ctx context.Context, target Target) {
	open, cancel := context.WithTimeout(ctx, c.Duration)
	defer cancel()
	var users sync.WaitGroup
	for i := range c.Users {
		delay := time.Duration(float64(c.Ramp) * float64(i) / float64(c.Users))
		users.Go(func() {
			if sleep(open, delay) {
				user(ctx, open, target)
			}
		})
	}
	users.Wait()
}

// user sends one request after another while open lasts. The requests themselves live as long as ctx.
func user(ctx, open context.Context, target Target) {
	for open.Err() == nil {
		if !target.Send(ctx, time.Now()) {
			sleep(open, unansweredPause)
		}
	}
}
