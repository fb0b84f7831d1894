package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"userscale.dev/userscale/replay/internal/batch"
	"userscale.dev/userscale/replay/internal/compare"
	"userscale.dev/userscale/replay/internal/options"
	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/report"
	"userscale.dev/userscale/replay/internal/simulate"
)

// comparePolicies sets policies side by side.
func comparePolicies(ctx context.Context, t *testing.T, args []string, stdout, stderr io.Writer) int {
	var o options.Compare
	if err := o.Parse(args); err != nil {
		return usage(err, stdout, stderr)
	}
	c, err := o.World.Load()
	if err != nil {
		return usage(err, stdout, stderr)
	}
	entries, err := load(o.Policies)
	if err != nil {
		return usage(err, stdout, stderr)
	}
	runner := &batch.Runner{T: t, Progress: progress(stderr, 0)}
	rows, err := compare.Run(ctx, runner, compare.Options{World: c, Seeds: o.Seeds, Controls: o.Controls}, entries)
	if err != nil {
		return failed(err, stderr)
	}
	out := report.Comparison{Rows: rows}
	for _, e := range entries {
		c.Policy, c.PolicyName = e.Policy, e.Name
		run, err := simulate.Run(ctx, t, c)
		if err != nil {
			return failed(err, stderr)
		}
		out.First = append(out.First, run)
	}
	return show(out, o.Files, stdout, stderr)
}

func load(named []options.Named) ([]compare.Entry, error) {
	var entries []compare.Entry
	var errs []error
	for _, n := range named {
		p, err := policy.Load(n.HPA, n.Config)
		if err != nil {
			errs = append(errs, fmt.Errorf("policy %s: %w", n.Name, err))
			continue
		}
		entries = append(entries, compare.Entry{Name: n.Name, Policy: p})
	}
	return entries, errors.Join(errs...)
}

// progress shows how far a batch has come, once in a while; all is how many runs there will be, 0 where that is not known.
func progress(stderr io.Writer, all int) func(batch.Progress) {
	const every = 5 * time.Second
	var shown time.Duration
	return func(p batch.Progress) {
		if p.Elapsed < shown+every {
			return
		}
		shown = p.Elapsed
		left := ""
		if all > 0 {
			eta := time.Duration(float64(p.Elapsed) / float64(p.Runs) * float64(all-p.Runs))
			left = fmt.Sprintf(" of %d, %s left", all, eta.Round(time.Second))
		}
		fmt.Fprintf(stderr, "%s: %d runs%s (%s of virtual time)\n", p.Elapsed.Round(time.Second), p.Runs, left, p.Virtual)
	}
}
