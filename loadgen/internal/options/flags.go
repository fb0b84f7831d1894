package options

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"userscale.dev/userscale/loadgen/internal/duration"
)

const targetAllowed = "http://HOST[:PORT][/PATH] or https://…"

// parser reads flags and remembers every bad value, so that all are told at once.
type parser struct {
	flags *flag.FlagSet
	errs  []error
}

func newParser() *parser {
	p := &parser{flags: flag.NewFlagSet("loadgen", flag.ContinueOnError)}
	p.flags.SetOutput(io.Discard) // the caller prints, once
	return p
}

// parse reads args and returns every error met on the way.
func (p *parser) parse(args []string) error {
	err := p.flags.Parse(args)
	if errors.Is(err, ErrHelp) {
		return ErrHelp
	}
	if err != nil { // an unknown flag or one without its value: what follows is not read, so what is missing is unknown too
		return errors.Join(append(p.errs, err)...)
	}
	for _, arg := range p.flags.Args() {
		p.errs = append(p.errs, fmt.Errorf("%q: allowed: flags only", arg))
	}
	if len(p.flags.Args()) == 0 {
		p.require("scenario", mixAllowed)
		p.require("target", targetAllowed)
	}
	return errors.Join(p.errs...)
}

// value defines a flag whose values set accepts or declines.
func (p *parser) value(name, allowed string, set func(string) bool) {
	p.flags.Func(name, "", func(s string) error {
		if !set(s) {
			p.errs = append(p.errs, fmt.Errorf("--%s %q: allowed: %s", name, s, allowed))
		}
		return nil
	})
}

// require reports a flag that was not given.
func (p *parser) require(name, allowed string) {
	given := false
	p.flags.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if !given {
		p.errs = append(p.errs, fmt.Errorf("--%s is missing: allowed: %s", name, allowed))
	}
}

func (p *parser) scenario(name string, to *[]share) {
	p.value(name, mixAllowed, func(s string) bool {
		var ok bool
		*to, ok = parseShares(s)
		return ok
	})
}

func (p *parser) target(name string, to **url.URL) {
	p.value(name, targetAllowed, func(s string) bool {
		u, err := url.Parse(s)
		*to = u
		return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" &&
			u.User == nil && u.RawQuery == "" && u.Fragment == ""
	})
}

func (p *parser) whole(name string, to *int, most int) {
	p.value(name, fmt.Sprintf("a whole number from 1 to %d", most), func(s string) bool {
		n, err := wholeNumber(s, most)
		*to = n
		return err == nil
	})
}

// wholeNumber reads a number from 1 to most. The error says only what is allowed.
func wholeNumber(s string, most int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > most {
		return 0, fmt.Errorf("a whole number from 1 to %d", most)
	}
	return n, nil
}

func (p *parser) count(name string, to *int64) {
	p.value(name, fmt.Sprintf("a whole number from 1 to %d", maxCount), func(s string) bool {
		n, err := wholeNumber(s, maxCount)
		*to = int64(n)
		return err == nil
	})
}

func (p *parser) seed(name string, to *uint64) {
	p.value(name, "a whole number from 0 to 2^64 − 1", func(s string) bool {
		n, err := strconv.ParseUint(s, 10, 64)
		*to = n
		return err == nil
	})
}

func (p *parser) factor(name string, to *float64) {
	p.value(name, fmt.Sprintf("a number above 0, at most %d", maxFactor), func(s string) bool {
		n, err := strconv.ParseFloat(s, 64)
		*to = n
		return err == nil && n >= 1.0/maxFactor && n <= maxFactor // NaN is neither
	})
}

func (p *parser) choice(name string, to *string, allowed ...string) {
	p.value(name, strings.Join(allowed, " or "), func(s string) bool {
		*to = s
		return slices.Contains(allowed, s)
	})
}

func (p *parser) duration(name string, to *time.Duration, least, most time.Duration) {
	p.value(name, fmt.Sprintf("from %s to %s, as 90, 90s or 1m30s", least, most), func(s string) bool {
		d, err := duration.Parse(s)
		*to = d
		return err == nil && d >= least && d <= most
	})
}

func (p *parser) yes(name string, to *bool) {
	p.flags.BoolFunc(name, "", func(s string) error {
		yes, err := strconv.ParseBool(s)
		if err != nil {
			p.errs = append(p.errs, fmt.Errorf("--%s=%q: allowed: true or false", name, s))
		}
		*to = yes
		return nil
	})
}
