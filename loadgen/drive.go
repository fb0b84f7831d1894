package main

import (
	"context"
	"time"

	"userscale.dev/userscale/loadgen/internal/alarm"
	"userscale.dev/userscale/loadgen/internal/engine"
	"userscale.dev/userscale/loadgen/internal/options"
	"userscale.dev/userscale/loadgen/internal/profile"
	"userscale.dev/userscale/loadgen/internal/request"
	"userscale.dev/userscale/loadgen/internal/stats"
)

// drive runs the loop that opts asks for and returns when its last request has ended.
func drive(ctx context.Context, opts *options.Options, start time.Time, target engine.Target) {
	load := engine.Load{
		Profile:  opts.Profile,
		Start:    start,
		Duration: opts.Duration,
		Count:    opts.Count,
		Mix:      engine.NewMix(opts.Mix.Weights()...),
		Seed:     opts.Seed,
	}
	if opts.Open {
		clock := alarm.New(ctx)
		defer clock.Close()
		engine.Open{Load: load, Poisson: opts.Poisson, Users: opts.Users, MaxInFlight: opts.InFlight, Wait: clock.Wait}.Run(ctx, target)
		return
	}
	engine.Closed{Load: load, Think: opts.Think}.Run(ctx, target)
}

// newClient makes the client that opts asks for. It keeps as many connections as there can be requests at once.
func newClient(opts *options.Options) *request.Client {
	return request.NewClient(request.Config{
		URLs:        opts.Mix.URLs(),
		Timeout:     opts.Timeout,
		KeepAlive:   opts.KeepAlive,
		Connections: max(opts.Users, opts.InFlight),
		UserKey:     opts.UserKey,
	})
}

// newRecorder makes what counts the load that opts asks for.
func newRecorder(opts *options.Options, start time.Time) *stats.Recorder {
	return stats.NewRecorder(stats.Config{
		Start:     start,
		WarmUp:    opts.WarmUp,
		Planned:   func(from, to time.Duration) float64 { return profile.Mean(opts.Profile, from, to, opts.Duration) },
		Scenarios: opts.Mix.Names(),
	})
}

// counted is the engine's target: it sends requests and has every single one counted.
type counted struct {
	client   *request.Client
	recorder *stats.Recorder
}

// Send makes one request and counts it.
func (c *counted) Send(ctx context.Context, r engine.Request) bool {
	q := stats.Request{Due: r.Due, Scenario: r.Scenario}
	c.recorder.Start(q, time.Now())
	err := c.client.Do(ctx, r.Scenario, r.User)
	kind := request.KindOf(err)
	c.recorder.End(q, kind, err, time.Now())
	return kind.Answered()
}

// Skip counts a request that was not sent.
func (c *counted) Skip(r engine.Request) {
	c.recorder.Skip(stats.Request{Due: r.Due, Scenario: r.Scenario}, time.Now())
}
