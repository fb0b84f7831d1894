package main

import (
	"context"
	"time"
)

// users: each of the closed loop has a key of its own and a pace of its own; the open loop draws from as many as asked for; scenarios
// come in their weights.
func (c *check) users(ctx context.Context) error {
	length := c.length(10 * time.Second)
	if _, err := c.server.report(ctx); err != nil {
		return err
	}
	closed, err := c.load(ctx, "users-closed", "/ok", "--users", "50", "--think", "100ms", "--user-key", "header", "--keepalive",
		"--duration", length.String())
	if err != nil {
		return err
	}
	seen, err := c.server.report(ctx)
	if err != nil {
		return err
	}
	c.equal("closed loop: users that the server saw", int64(seen.Users), 50, "users")
	c.equal("closed loop: requests that the server saw", seen.Requests, closed.Successes, "requests")
	if !c.short { // N users, a pause and an answer each: N/(pause + latency) requests per second
		want := 50 / (0.1 + closed.LatencySeconds.All.Mean) * length.Seconds()
		c.within("closed loop: requests of 50 users who think for 100 ms", float64(closed.Requests), want, want/50, "requests")
	}

	open, err := c.load(ctx, "users-open", "/ok", "--scenario", "matrix=3,stream=1", "--count", "2000", "--rate", "1000", "--arrivals", "poisson",
		"--users", "20", "--user-key", "header", "--keepalive")
	if err != nil {
		return err
	}
	if seen, err = c.server.report(ctx); err != nil {
		return err
	}
	c.equal("open loop: users that the server saw", int64(seen.Users), 20, "users")
	c.equal("open loop: requests, by --count", open.Requests, 2000, "requests")
	// 2,000 draws of 3/4 are off by 19 (one sigma).
	c.within("open loop: requests of 3/4 of the weight", float64(seen.ByPath["/ok/matrix"]), 1500, 97, "requests")
	c.equal("open loop: requests of the rest", seen.ByPath["/ok/stream"], 2000-seen.ByPath["/ok/matrix"], "requests")
	return nil
}
