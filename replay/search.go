package main

import (
	"context"
	"fmt"
	"io"
	"testing"

	"userscale.dev/userscale/replay/internal/batch"
	"userscale.dev/userscale/replay/internal/options"
	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/report"
	"userscale.dev/userscale/replay/internal/search"
	"userscale.dev/userscale/replay/internal/simulate"
)

// mostShown is how many runs of the front the picture has.
const mostShown = 4

// searchPolicies sweeps over what a policy can be tuned by.
func searchPolicies(ctx context.Context, t *testing.T, args []string, stdout, stderr io.Writer) int {
	var o options.Search
	if err := o.Parse(args); err != nil {
		return usage(err, stdout, stderr)
	}
	c, err := o.World.Load()
	if err != nil {
		return usage(err, stdout, stderr)
	}
	base, err := policy.Load(o.HPA, o.Config)
	if err != nil {
		return usage(err, stdout, stderr)
	}
	entries, err := o.Grid.Candidates(base)
	if err != nil {
		return usage(err, stdout, stderr)
	}
	runs := len(entries) * o.Seeds
	if runs > o.MostRuns {
		return usage(fmt.Errorf("%d settings with %d seeds are %d runs: allowed: --most-runs %d", len(entries), o.Seeds, runs, o.MostRuns), stdout, stderr)
	}
	candidates, err := search.Run(ctx, &batch.Runner{T: t, Progress: progress(stderr, runs)}, c, o.Seeds, entries)
	if err != nil {
		return failed(err, stderr)
	}
	out := report.Search{Candidates: candidates}
	for i := range candidates {
		if !candidates[i].Front || len(out.Shown) == mostShown {
			continue
		}
		c.Policy, c.PolicyName = entries[i].Policy, entries[i].Name
		run, err := simulate.Run(ctx, t, c)
		if err != nil {
			return failed(err, stderr)
		}
		out.Shown = append(out.Shown, run)
	}
	return show(out, o.Files, stdout, stderr)
}
