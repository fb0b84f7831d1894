package main

import (
	"context"
	"fmt"
	"time"
)

// cost compares the CPU time per request, with the server's beside it. It expects nothing: that is up to the machine.
func (c *check) cost(ctx context.Context) error {
	if c.short {
		fmt.Fprintln(c.people, "        not in the short form")
		return nil
	}
	length := 5 * time.Second
	before, err := c.server.cpu()
	if err != nil {
		return err
	}
	r, err := c.load(ctx, "cost", "/ok", "--users", "10", "--keepalive", "--duration", length.String())
	if err != nil {
		return err
	}
	if err := c.showCost("loadgen", r.Requests, time.Duration(r.CPUSeconds*float64(time.Second)), length, &before); err != nil {
		return err
	}
	for _, peer := range c.peers {
		m, err := peer.measure(ctx, c.server.url+"/ok/matrix", 10, length)
		if err != nil {
			return err
		}
		if err := c.showCost(peer.name, m.requests, m.cpu, length, &before); err != nil {
			return err
		}
	}
	return nil
}

// showCost prints one line; before is the server's CPU time so far, and is moved on.
func (c *check) showCost(name string, requests int64, cpu, length time.Duration, before *time.Duration) error {
	now, err := c.server.cpu()
	if err != nil {
		return err
	}
	per := func(d time.Duration) time.Duration { return d / time.Duration(max(1, requests)) }
	fmt.Fprintf(c.people, "        %-8s 10 users without a pause: %.0f requests/s, %s CPU per request, the server's %s\n", name,
		float64(requests)/length.Seconds(), per(cpu), per(now-*before))
	*before = now
	return nil
}
