package pods

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"userscale.dev/userscale/pkg/sample"
)

// Bounds that no configuration needs to change.
const (
	// burst is how many requests go out at first. All at once rather than evenly spaced: a nearly idle machine spends up to ten times
	// the CPU on each when it is woken for every one.
	burst = 256
	// patience is how long requests are waited for before as many more join them, so that pods which are slow, and were not known for
	// it, don't hold up all others.
	patience = 100 * time.Millisecond
	// inFlight bounds all of them, and with them sockets and buffers.
	inFlight = 4 * burst
)

// errNotReached says to people why a pod was not asked.
var errNotReached = errors.New("the collection's time was over before the pod's turn came")

// within is how long a collection may take: the interval, less a tenth for what comes after it, but no less than one pod may.
func (c *Config) within() time.Duration {
	return max(c.Interval-c.Interval/10, c.Timeout)
}

// askAll fills in the answers, in the order of s.order.
func (s *Source) askAll(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.config.within())
	defer cancel()
	more := time.NewTicker(patience)
	defer more.Stop()

	var next atomic.Int64 // the pods before it have been asked, or are being
	done := make(chan struct{})
	join := func(n int) int {
		n = min(n, len(s.order)-int(min(next.Load(), int64(len(s.order)))))
		for range n {
			go s.askSome(ctx, &next, done)
		}
		return n
	}
	for asking := join(burst); asking > 0; {
		select {
		case <-done:
			asking--
		case <-more.C:
			asking += join(min(burst, inFlight-asking))
		}
	}
}

// askSome asks pods whose turn it is until none is left or ctx ends. One that is cut short by that end, with less than half of its
// timeout behind it, counts as not asked.
func (s *Source) askSome(ctx context.Context, next *atomic.Int64, done chan<- struct{}) {
	for ctx.Err() == nil {
		turn := int(next.Add(1)) - 1
		if turn >= len(s.order) {
			break
		}
		i := s.order[turn]
		short := late(ctx, s.config.Timeout/2)
		a := s.ask(ctx, &s.buf[i])
		if short && a.failure.Reason == sample.ReasonTimeout {
			a = answer{} // which says nothing of the pod
		}
		s.answers[i] = a
	}
	done <- struct{}{}
}

// late says whether less time than that is left.
func late(ctx context.Context, left time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) < left
}
