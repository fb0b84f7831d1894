package main

import (
	"context"
	"fmt"
	"time"
)

// latencies: quantiles are those that the server truly had, by its own clock. wrk and hey measure the same server beside it.
func (c *check) latencies(ctx context.Context) error {
	length, rate := c.length(20*time.Second), "400"
	if _, err := c.server.report(ctx); err != nil {
		return err
	}
	for _, args := range [][]string{{"--rate", rate}, {"--users", "30"}} {
		r, err := c.load(ctx, "latencies"+args[0][1:], "/slow", append(args, "--keepalive", "--duration", length.String())...)
		if err != nil {
			return err
		}
		seen, err := c.server.report(ctx)
		if err != nil {
			return err
		}
		name := "loadgen " + args[0] + " " + args[1]
		c.equal(name+": requests that the server timed", int64(len(seen.Taken)), r.Requests, "requests")
		if c.short {
			continue
		}
		c.compare(name, seen, r.LatencySeconds.All)
	}
	if c.short {
		return nil
	}
	for _, peer := range c.peers {
		if _, err := c.server.report(ctx); err != nil {
			return err
		}
		measured, err := peer.measure(ctx, c.server.url+"/slow/matrix", 30, length)
		if err != nil {
			return err
		}
		seen, err := c.server.report(ctx)
		if err != nil {
			return err
		}
		c.show(peer.name, seen, measured.latency)
	}
	return nil
}

var quantiles = []float64{0.50, 0.95, 0.99}

// compare expects the quantiles of what the server took, within 2 % and 1 ms.
func (c *check) compare(name string, seen page, got latency) {
	c.show(name, seen, got)
	for i, measured := range []float64{got.P50, got.P95, got.P99} {
		want := quantile(seen.Taken, quantiles[i]).Seconds()
		c.within(fmt.Sprintf("%s: p%.0f", name, 100*quantiles[i]), 1000*measured, 1000*want, 20*want+1, "ms")
	}
}

// show prints quantiles side by side.
func (c *check) show(name string, seen page, got latency) {
	fmt.Fprintf(c.people, "        %-20s %6d requests: ", name, len(seen.Taken))
	for i, measured := range []float64{got.P50, got.P95, got.P99} {
		want := quantile(seen.Taken, quantiles[i]).Seconds()
		fmt.Fprintf(c.people, " p%.0f %.2f ms, %+.2f to the server's %.2f;", 100*quantiles[i], 1000*measured, 1000*(measured-want), 1000*want)
	}
	added := make([]time.Duration, len(seen.Taken))
	for i, taken := range seen.Taken {
		added[i] = taken - seen.Drawn[i]
	}
	fmt.Fprintf(c.people, " the server's timer added %s (p50) to %s (p99)\n", quantile(added, 0.5).Round(time.Microsecond),
		quantile(added, 0.99).Round(time.Microsecond))
}
