// Package options reads command lines: those of all commands have in common what a replay is like.
package options

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// ErrHelp is returned where help was asked for.
var ErrHelp = flag.ErrHelp

// Parser reads flags and remembers every bad value, so that all are told at once.
type Parser struct {
	flags  *flag.FlagSet
	errs   []error
	checks []func() error
	files  []file
}

// NewParser returns a parser without flags.
func NewParser() *Parser {
	p := &Parser{flags: flag.NewFlagSet("replay", flag.ContinueOnError)}
	p.flags.SetOutput(io.Discard) // the caller prints, once
	return p
}

// Parse reads args. Flags that are required must be given; there are no arguments but flags. The error has all that is wrong, except
// that nothing is read after an unknown flag.
func (p *Parser) Parse(args []string, required ...string) error {
	err := p.flags.Parse(args)
	if errors.Is(err, ErrHelp) {
		return ErrHelp
	}
	if err != nil {
		err = errors.New(strings.Replace(err.Error(), ": -", ": --", 1)) // as all else here writes flags
		return errors.Join(append(p.errs, err)...)
	}
	if len(p.errs) == 0 {
		for _, check := range append(p.checks, p.separate) {
			p.errs = append(p.errs, check()) // nil where all is well, which Join leaves out
		}
	}
	for _, arg := range p.flags.Args() {
		p.errs = append(p.errs, fmt.Errorf("%q: allowed: flags only", arg))
	}
	for _, name := range required {
		if !p.Given(name) && p.flags.NArg() == 0 {
			p.errs = append(p.errs, fmt.Errorf("--%s is missing", name))
		}
	}
	return errors.Join(p.errs...)
}

// Check defines what must hold of several flags. It is asked where each of them alone is well.
func (p *Parser) Check(check func() error) { p.checks = append(p.checks, check) }

// Given says whether a flag was on the command line.
func (p *Parser) Given(name string) bool {
	given := false
	p.flags.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	return given
}

// Value defines a flag whose values set accepts or declines.
func (p *Parser) Value(name, allowed string, set func(string) bool) {
	p.flags.Func(name, "", func(s string) error {
		if !set(s) {
			p.errs = append(p.errs, fmt.Errorf("--%s %q: allowed: %s", name, s, allowed))
		}
		return nil
	})
}

// Text defines a flag of any text but none.
func (p *Parser) Text(name, what string, to *string) {
	p.Value(name, what, func(s string) bool { *to = s; return s != "" })
}

// Choice defines a flag of some words.
func (p *Parser) Choice(name string, set func(string), allowed ...string) {
	p.Value(name, strings.Join(allowed, " or "), func(s string) bool {
		for _, a := range allowed {
			if s == a {
				set(s)
				return true
			}
		}
		return false
	})
}

// Whole defines a flag of whole numbers.
func (p *Parser) Whole(name string, to *int, least, most int) {
	p.Value(name, fmt.Sprintf("a whole number from %d to %d", least, most), func(s string) bool {
		n, err := strconv.Atoi(s)
		*to = n
		return err == nil && n >= least && n <= most
	})
}

// Seed defines a flag of seeds.
func (p *Parser) Seed(name string, to *uint64) {
	p.Value(name, "a whole number from 0 to 2^64 − 1", func(s string) bool {
		n, err := strconv.ParseUint(s, 10, 64)
		*to = n
		return err == nil
	})
}

// Number defines a flag of numbers above or equal to least.
func (p *Parser) Number(name string, to *float64, least, most float64) {
	p.Value(name, fmt.Sprintf("a number from %g to %g", least, most), func(s string) bool {
		n, err := strconv.ParseFloat(s, 64)
		*to = n
		return err == nil && n >= least && n <= most // a NaN is neither
	})
}

// Share defines a flag of shares of a whole, as 1% or 0.01.
func (p *Parser) Share(name string, to *float64) {
	p.Value(name, "from 0 to 1, as 1% or 0.01", func(s string) bool {
		number, percent := strings.CutSuffix(s, "%")
		n, err := strconv.ParseFloat(number, 64)
		if percent {
			n /= 100
		}
		*to = n
		return err == nil && n >= 0 && n <= 1
	})
}

// Duration defines a flag of durations in whole milliseconds.
func (p *Parser) Duration(name string, to *time.Duration, least, most time.Duration) {
	p.Value(name, fmt.Sprintf("from %s to %s in whole milliseconds, as 90s, 1m30s or 500ms", short(least), short(most)), func(s string) bool {
		d, err := time.ParseDuration(s)
		*to = d
		return err == nil && d >= least && d <= most && d%time.Millisecond == 0
	})
}

// short is a duration without the zeros at its end.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// Yes defines a flag that is on where it is given.
func (p *Parser) Yes(name string, to *bool) {
	p.flags.BoolFunc(name, "", func(s string) error {
		yes, err := strconv.ParseBool(s)
		if err != nil {
			p.errs = append(p.errs, fmt.Errorf("--%s=%q: allowed: true or false", name, s))
		}
		*to = yes
		return nil
	})
}
