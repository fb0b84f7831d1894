package main

import (
	"context"
	"time"

	"userscale.dev/userscale/loadgen/internal/engine"
	"userscale.dev/userscale/loadgen/internal/options"
	"userscale.dev/userscale/loadgen/internal/request"
	"userscale.dev/userscale/loadgen/internal/stats"
)

// drive runs the loop that opts asks for and returns when its last request has ended.
func drive(ctx context.Context, opts *options.Options, target engine.Target) {
	if opts.Rate > 0 {
		engine.Open{Rate: opts.Rate, MaxInFlight: opts.Concurrency, Duration: opts.Duration}.Run(ctx, target)
		return
	}
	engine.Closed{Users: opts.Concurrency, Ramp: opts.Ramp, Duration: opts.Duration}.Run(ctx, target)
}

// counted is the engine's target: it sends requests and has every single one counted.
type counted struct {
	client   *request.Client
	recorder *stats.Recorder
}

// Send makes one request and counts it; its latency starts at due.
func (c *counted) Send(ctx context.Context, due time.Time) bool {
	c.recorder.Start()
	err := c.client.Do(ctx)
	kind := request.KindOf(err)
	c.recorder.End(kind, err, time.Since(due))
	return kind.Answered()
}

// Skip counts an arrival that was not sent.
func (c *counted) Skip() { c.recorder.Skip() }
