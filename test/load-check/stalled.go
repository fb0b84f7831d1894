package main

import (
	"context"
	"fmt"
	"time"
)

// stalled: a server that answers nothing for 2 of 10 seconds. Requests keep being due meanwhile, one each 5 ms, and wait from 2 s down
// to nothing: a fifth of all, evenly. So one in 20 takes 1.5 s or more, and one in 100 takes 1.9 s. A loop that waits for its answers
// sends almost nothing while it stalls, and so omits what it is to measure.
func (c *check) stalled(ctx context.Context) error {
	length, stall := c.length(10*time.Second), c.length(2*time.Second)
	during := func(load func() error) error {
		timer := time.AfterFunc(length*4/10, func() { // the load is about to show whether this worked
			_, _ = c.server.get(ctx, "/control/stall?for="+stall.String())
		})
		defer timer.Stop()
		return load()
	}
	var r result
	if err := during(func() (err error) {
		r, err = c.load(ctx, "stalled", "/ok", "--rate", "200", "--keepalive", "--duration", length.String())
		return err
	}); err != nil {
		return err
	}
	c.equal("requests while it stalls and not", r.Requests, int64(200*length.Seconds()), "requests")
	c.equal("errors", r.Errors, 0, "requests")
	c.expect(r.LatencySeconds.All.Max >= 0.8*stall.Seconds(), "longest latency", fmt.Sprintf("at least %s", stall*8/10),
		inMillis(r.LatencySeconds.All.Max), "")
	if c.short {
		return nil
	}
	c.within("p95", 1000*r.LatencySeconds.All.P95, 1500, 100, "ms")
	c.within("p99", 1000*r.LatencySeconds.All.P99, 1900, 100, "ms")
	for _, peer := range c.peers {
		var m measured
		if err := during(func() (err error) {
			m, err = peer.measure(ctx, c.server.url+"/ok/matrix", 10, length)
			return err
		}); err != nil {
			return err
		}
		fmt.Fprintf(c.people, "        %s, a closed loop of 10: p95 %s, p99 %s\n", peer.name, inMillis(m.latency.P95), inMillis(m.latency.P99))
	}
	return nil
}
