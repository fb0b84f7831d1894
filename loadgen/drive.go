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
	c.recorder.Start(due, time.Now())
	err := c.client.Do(ctx)
	kind := request.KindOf(err)
	c.recorder.End(kind, err, due, time.Now())
	return kind.Answered()
}

// Skip counts an arrival that was not sent.
func (c *counted) Skip(due time.Time) { c.recorder.Skip(due, time.Now()) }

// planned returns the mean, between two offsets from the start, of the arrivals per second or users that opts asks for.
func planned(opts *options.Options) func(from, to time.Duration) float64 {
	level := opts.Rate
	if level == 0 {
		level = float64(opts.Concurrency)
	}
	integral := func(t time.Duration) float64 { // a ramp from 0 to the level, and then the level
		t = min(t, opts.Duration)
		if t < opts.Ramp {
			return level * t.Seconds() * t.Seconds() / (2 * opts.Ramp.Seconds())
		}
		return level * (t.Seconds() - opts.Ramp.Seconds()/2)
	}
	return func(from, to time.Duration) float64 { return (integral(to) - integral(from)) / (to - from).Seconds() }
}
