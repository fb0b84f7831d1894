// Package options turns the command line into what to run.
package options

import (
	"cmp"
	"flag"
	"fmt"
	"strconv"
	"time"

	"userscale.dev/userscale/loadgen/internal/engine"
	"userscale.dev/userscale/loadgen/internal/profile"
	"userscale.dev/userscale/loadgen/internal/request"
)

// ErrHelp says that help was asked for.
var ErrHelp = flag.ErrHelp

// Options is a valid load to run.
type Options struct {
	Mix      Mix
	Open     bool            // open loop; else closed
	Load     string          // the profile in words, as given: "50", "ramp:0..500/30s"
	Profile  profile.Profile // open loop: arrivals per second; closed loop: users
	Poisson  bool            // open loop: independent arrivals; else evenly spaced
	Users    int             // open loop: who arrivals are drawn from; closed loop: the most there ever are
	InFlight int             // open loop: most requests in flight; 0 in the closed loop
	Think    engine.Think    // closed loop
	Duration time.Duration   // no request is due later than this
	Count    int64           // at most so many requests; 0: no such bound
	WarmUp   time.Duration   // latencies of what is due before this is over are left out of the summary
	Timeout  time.Duration   // of a request, from dialing to the last byte
	UserKey  request.UserKey
	Seed     uint64
	// KeepAlive is whether connections are reused.
	KeepAlive bool
	JSON      string // file for the result, "-" for stdout, "" for none
	CSV       string // the same, second by second
	HTML      string // the same, as a page with plots
}

// The bounds. They keep a typing mistake from becoming an attack, or a run without end.
const (
	maxConcurrency = 100_000
	maxRate        = 100_000
	maxCount       = 1_000_000_000
	maxDuration    = 24 * time.Hour
	maxTimeout     = 2 * time.Hour
	maxThink       = time.Hour
	maxSize        = 100_000
	maxMillis      = 3_600_000
	maxFactor      = 1_000_000
)

const (
	defaultUsers    = 10
	defaultInFlight = 10_000 // but a safety net
	defaultDuration = time.Minute
	defaultTimeout  = 30 * time.Second
)

// given is what flags say before they are put together. What was not given is zero, or what it is by default.
type given struct {
	params       parameters
	shares       []share
	rate, users  level
	concurrency  int
	ramp         time.Duration
	speed, scale float64
	spacing      string
}

// Parse reads the arguments after the program's name. The error names everything that is wrong at once: flag, value and what is
// allowed. It is ErrHelp if help was asked for.
func Parse(args []string) (*Options, error) {
	opts := &Options{UserKey: request.NoKey, Seed: 1}
	g := &given{
		params: parameters{size: 300, workMillis: 1000, streamMillis: 2000},
		speed:  1, scale: 1,
	}
	p := newParser()
	p.define(opts, g)
	if err := p.parse(args); err != nil {
		return nil, err
	}
	if err := g.conflicts(opts); err != nil {
		return nil, err
	}
	if err := opts.complete(g); err != nil {
		return nil, err
	}
	return opts, nil
}

// define ties the flags to where their values go.
func (p *parser) define(opts *Options, g *given) {
	p.scenario("scenario", &g.shares)
	p.target("target", &g.params.target)
	p.whole("size", &g.params.size, maxSize)
	p.whole("work-ms", &g.params.workMillis, maxMillis)
	p.whole("stream-ms", &g.params.streamMillis, maxMillis)

	p.level("rate", &g.rate)
	p.level("users", &g.users)
	p.whole("concurrency", &g.concurrency, maxConcurrency)
	p.duration("ramp", &g.ramp, 0, maxDuration)
	p.factor("speed", &g.speed)
	p.factor("scale", &g.scale)
	p.choice("arrivals", &g.spacing, "even", "poisson")
	p.think("think", &opts.Think)
	p.duration("duration", &opts.Duration, time.Millisecond, maxDuration)
	p.count("count", &opts.Count)
	p.duration("warm-up", &opts.WarmUp, 0, maxDuration)

	p.choice("user-key", (*string)(&opts.UserKey), string(request.NoKey), string(request.HeaderKey), string(request.CookieKey))
	p.seed("seed", &opts.Seed)
	p.duration("timeout", &opts.Timeout, time.Millisecond, maxTimeout)
	p.yes("keepalive", &opts.KeepAlive)
	p.flags.StringVar(&opts.JSON, "json", "", "")
	p.flags.StringVar(&opts.CSV, "csv", "", "")
	p.flags.StringVar(&opts.HTML, "html", "", "")
}

// complete fills in what depends on several flags, and checks it.
func (o *Options) complete(g *given) error {
	var err error
	if o.Open = g.open(); o.Open {
		err = o.completeOpen(g)
	} else {
		err = o.completeClosed(g)
	}
	if err != nil {
		return err
	}
	var longest time.Duration
	o.Mix, longest = newMix(g.shares, g.params)
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout + longest
	}
	if o.Duration == 0 {
		o.Duration = defaultDuration
		if length := o.Profile.Length(); length > 0 {
			o.Duration = max(time.Millisecond, min(length, maxDuration))
		}
	}
	return o.checkTimes(g)
}

func (o *Options) completeOpen(g *given) (err error) {
	if o.Load, o.Profile, err = g.played("rate", g.rate, maxRate); err != nil {
		return err
	}
	o.Poisson = g.spacing == "poisson"
	o.InFlight = cmp.Or(g.concurrency, defaultInFlight)
	o.Users = 1
	if g.users.given() {
		if o.Users, err = wholeNumber(g.users.text, maxConcurrency); err != nil {
			return fmt.Errorf("--users %q: allowed with --rate: %w, whose requests arrive", g.users.text, err)
		}
	}
	return nil
}

func (o *Options) completeClosed(g *given) (err error) {
	users, n := g.users, cmp.Or(g.concurrency, defaultUsers)
	switch {
	case g.ramp > 0:
		users = level{fmt.Sprintf("ramp:0..%d/%s", n, g.ramp), profile.Ramp(0, float64(n), g.ramp)}
	case !users.given():
		users = level{strconv.Itoa(n), profile.Constant(float64(n))}
	}
	if o.Load, o.Profile, err = g.played("users", users, maxConcurrency); err != nil {
		return err
	}
	o.Users = int(o.Profile.Peak() + 0.5)
	return nil
}

func (o *Options) checkTimes(g *given) error {
	switch {
	case g.ramp > o.Duration:
		return fmt.Errorf("--ramp %s: allowed: at most --duration, %s", g.ramp, o.Duration)
	case o.WarmUp >= o.Duration:
		return fmt.Errorf("--warm-up %s: allowed: less than --duration, %s", o.WarmUp, o.Duration)
	}
	return nil
}
