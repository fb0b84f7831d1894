// Package options turns the command line into what to run.
package options

import (
	"flag"
	"fmt"
	"time"
)

// ErrHelp says that help was asked for.
var ErrHelp = flag.ErrHelp

// Options is a valid load to run.
type Options struct {
	Scenario    Scenario
	URL         string        // complete, with the scenario's path and parameters
	Concurrency int           // closed loop: users; open loop: most requests in flight
	Rate        float64       // open loop: arrivals per second; 0 is the closed loop
	Duration    time.Duration // no request starts later than this
	Ramp        time.Duration // the users' starts are spread over this; always 0 in the open loop
	Timeout     time.Duration // of a request, from dialing to the last byte
	KeepAlive   bool          // reuse connections
	JSON        string        // file for the result, "-" for stdout, "" for none
}

// The bounds. They keep a typing mistake from becoming an attack, or a run without end.
const (
	maxConcurrency = 100_000
	maxRate        = 100_000
	maxDuration    = 24 * time.Hour
	maxTimeout     = 2 * time.Hour
	maxSize        = 100_000
	maxMillis      = 3_600_000
)

// Without --concurrency there are defaultUsers, or at most defaultInFlight in the open loop, where it is but a safety net.
const (
	defaultUsers    = 10
	defaultInFlight = 10_000
	defaultTimeout  = 30 * time.Second
)

// Parse reads the arguments after the program's name. The error names everything that is wrong at once: flag, value and what is
// allowed. It is ErrHelp if help was asked for.
func Parse(args []string) (*Options, error) {
	opts := &Options{Duration: time.Minute}
	params := parameters{size: 300, workMillis: 1000, streamMillis: 2000}
	p := newParser()
	p.define(opts, &params)
	if err := p.parse(args); err != nil {
		return nil, err
	}
	if err := opts.checkRamp(); err != nil {
		return nil, err
	}
	opts.complete(params)
	return opts, nil
}

// define ties the flags to where their values go.
func (p *parser) define(opts *Options, params *parameters) {
	p.scenario("scenario", &opts.Scenario)
	p.target("target", &params.target)
	p.whole("concurrency", &opts.Concurrency, maxConcurrency)
	p.rate("rate", &opts.Rate, maxRate)
	p.duration("duration", &opts.Duration, time.Millisecond, maxDuration)
	p.duration("ramp", &opts.Ramp, 0, maxDuration)
	p.duration("timeout", &opts.Timeout, time.Millisecond, maxTimeout)
	p.whole("size", &params.size, maxSize)
	p.whole("work-ms", &params.workMillis, maxMillis)
	p.whole("stream-ms", &params.streamMillis, maxMillis)
	p.yes("keepalive", &opts.KeepAlive)
	p.flags.StringVar(&opts.JSON, "json", "", "")
}

// checkRamp checks what a flag alone cannot show, once each is valid by itself.
func (o *Options) checkRamp() error {
	switch {
	case o.Ramp > 0 && o.Rate > 0:
		return fmt.Errorf("--ramp %s: allowed without --rate only: it spreads the users of the closed loop", o.Ramp)
	case o.Ramp > o.Duration:
		return fmt.Errorf("--ramp %s: allowed: at most --duration, %s", o.Ramp, o.Duration)
	}
	return nil
}

// complete fills in what depends on other flags.
func (o *Options) complete(params parameters) {
	var length time.Duration
	o.URL, length = o.Scenario.request(params)
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout + length
	}
	if o.Concurrency == 0 && o.Rate > 0 {
		o.Concurrency = defaultInFlight
	}
	if o.Concurrency == 0 {
		o.Concurrency = defaultUsers
	}
}
