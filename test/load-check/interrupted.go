package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

// interrupted: a Ctrl-C ends the load at once; what is in flight is cut off, which is no error, and the result still comes.
func (c *check) interrupted(ctx context.Context) error {
	command, file := c.command(ctx, "interrupted", "/broken/timeout", "--rate", "20", "--duration", "10m", "--timeout", "10m")
	if err := command.Start(); err != nil {
		return fmt.Errorf("start a load to interrupt: %w", err)
	}
	if err := c.untilAsked(ctx); err != nil {
		return err
	}
	asked := time.Now()
	if err := command.Process.Signal(os.Interrupt); err != nil {
		return fmt.Errorf("interrupt the load: %w", err)
	}
	_ = command.Wait() // nothing succeeded, so its exit code is 1
	took := time.Since(asked)
	r, err := read(file)
	if err != nil {
		return err
	}
	c.expect(took < 5*time.Second, "time to end", "below 5 s", took.Round(time.Millisecond).String(), "")
	c.expect(r.Interrupted && r.CutOff > 0, "cut off", "all that were in flight", fmt.Sprint(r.CutOff), "requests")
	c.equal("requests, all of them cut off", r.Requests, r.CutOff, "requests")
	return nil
}

// untilAsked waits until the server has seen some requests.
func (c *check) untilAsked(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for seen := int64(0); seen < 10; time.Sleep(50 * time.Millisecond) {
		page, err := c.server.report(limited)
		if err != nil {
			return fmt.Errorf("wait for requests to interrupt: %w", err)
		}
		seen += page.Requests
	}
	return nil
}
