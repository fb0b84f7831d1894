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
	before := int(200 * length.Seconds() * 4 / 10)
	if _, err := c.server.get(ctx, fmt.Sprintf("/control/stall?for=%s&after=%d", stall, before)); err != nil {
		return err
	}
	r, err := c.load(ctx, "stalled", "/ok", "--rate", "200", "--keepalive", "--duration", length.String())
	if err != nil {
		return err
	}
	c.equal("requests while it stalls and not", r.Requests, int64(200*length.Seconds()), "requests")
	c.equal("errors", r.Errors, 0, "requests")
	// These bounds hold on a busy machine too, which only makes latencies longer.
	c.expect(r.LatencySeconds.All.Max >= 0.9*stall.Seconds(), "longest latency", fmt.Sprintf("at least %s", stall*9/10),
		inMillis(r.LatencySeconds.All.Max), "")
	c.expect(r.LatencySeconds.All.P90 >= 0.45*stall.Seconds(), "p90, half the stall", fmt.Sprintf("at least %s", stall*45/100),
		inMillis(r.LatencySeconds.All.P90), "")
	if c.short {
		return nil
	}
	c.within("p95", 1000*r.LatencySeconds.All.P95, 1500, 100, "ms")
	c.within("p99", 1000*r.LatencySeconds.All.P99, 1900, 100, "ms")
	for _, peer := range c.peers {
		timer := time.AfterFunc(length*4/10, func() { // nothing is expected of these figures, so its error does not matter
			_, _ = c.server.get(ctx, fmt.Sprintf("/control/stall?for=%s&after=0", stall))
		})
		m, err := peer.measure(ctx, c.server.url+"/ok/matrix", 10, length)
		timer.Stop()
		if err != nil {
			return err
		}
		fmt.Fprintf(c.people, "        %s, a closed loop of 10: p95 %s, p99 %s\n", peer.name, inMillis(m.latency.P95), inMillis(m.latency.P99))
	}
	return nil
}
