package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"userscale.dev/userscale/test/summary"
)

// check is one run of all parts.
type check struct {
	options
	server *process
	peers  []peer
	people io.Writer
	seen   []summary.Check
}

// run runs all parts and writes what they saw.
func run(ctx context.Context, o options) error {
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return fmt.Errorf("make the folder for results: %w", err)
	}
	server, err := startServer(ctx)
	if err != nil {
		return err
	}
	defer server.stop()
	c := &check{options: o, server: server, people: os.Stdout}
	if c.peers, err = peers(o.out); err != nil {
		return err
	}
	if len(c.peers) < 2 && !o.short {
		fmt.Fprintln(c.people, "SKIPPED beside it: wrk or hey or both, which are not installed here (Debian has both)")
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil && !o.short {
		fmt.Fprintf(c.people, "%d processors, load averages %sFigures need a machine with nothing else to do.\n", runtime.NumCPU(), load)
	}
	for _, part := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"offers what is asked for", c.offered},
		{"users", c.users},
		{"latencies against those injected", c.latencies},
		{"a server that stalls", c.stalled},
		{"CPU time per request", c.cost},
		{"errors of each kind", c.errors},
		{"stops cleanly", c.interrupted},
	} {
		if !strings.Contains(part.name, o.only) {
			continue
		}
		fmt.Fprintf(c.people, "\n%s\n", part.name)
		before := len(c.seen)
		if err := part.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		summary.Print(c.people, c.seen[before:])
	}
	s := summary.Of(c.seen)
	if err := s.Write(o.out); err != nil {
		return err
	}
	if !s.OK {
		return summary.ErrExpectation
	}
	return nil
}

// expect notes what was seen.
func (c *check) expect(ok bool, name, want, got, unit string) {
	c.seen = append(c.seen, summary.Check{Name: name, Want: want, Got: got, Unit: unit, OK: ok})
}

// within expects a value near another.
func (c *check) within(name string, got, want, tolerance float64, unit string) {
	off := got - want
	c.expect(off <= tolerance && off >= -tolerance, name, fmt.Sprintf("%.6g ± %.4g", want, tolerance), fmt.Sprintf("%.6g", got), unit)
}

// equal expects a number.
func (c *check) equal(name string, got, want int64, unit string) {
	c.expect(got == want, name, fmt.Sprint(want), fmt.Sprint(got), unit)
}

// length is how long a load lasts: less if it is only about counts.
func (c *check) length(full time.Duration) time.Duration {
	if c.short {
		return full / 10
	}
	return full
}
