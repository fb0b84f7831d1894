package main

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"userscale.dev/userscale/replay/internal/simulate"
)

// watch says every few seconds how far a run is, until finished is called. It looks on from outside, where time is real.
func watch(c *simulate.Config, stderr io.Writer) (finished func()) {
	const every = 5 * time.Second
	var done atomic.Int64
	c.Progress = func(seconds, _ int) { done.Store(int64(seconds)) }
	all := time.Duration(len(c.Users)) * time.Second
	stop := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
				fmt.Fprintf(stderr, "%v of %v\n", time.Duration(done.Load())*time.Second, all)
			}
		}
	})
	return func() {
		close(stop)
		watching.Wait()
	}
}
