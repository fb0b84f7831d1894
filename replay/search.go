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
	p := options.NewParser()
	var world options.World
	var hpa, config string
	var files report.Files
	var grid search.Grid
	seeds, most := 3, 1000
	p.World(&world)
	p.Files(&files)
	p.Text("hpa", "a file with an HPA, autoscaling/v2", &hpa)
	p.Text("config", "a file with an AdapterConfiguration", &config)
	p.Grid(&grid)
	p.Whole("seeds", &seeds, 1, 1000)
	p.Whole("most-runs", &most, 1, 100_000)
	if err := p.Parse(args, "trace", "hpa"); err != nil {
		return usage(err, stdout, stderr)
	}
	c, err := world.Load()
	if err != nil {
		return usage(err, stdout, stderr)
	}
	base, err := policy.Load(hpa, config)
	if err != nil {
		return usage(err, stdout, stderr)
	}
	entries, err := grid.Candidates(base)
	if err != nil {
		return usage(err, stdout, stderr)
	}
	if runs := len(entries) * seeds; runs > most {
		return usage(fmt.Errorf("%d settings with %d seeds are %d runs: allowed: --most-runs %d", len(entries), seeds, runs, most), stdout, stderr)
	}
	candidates, err := search.Run(ctx, &batch.Runner{T: t, Progress: progress(stderr, len(entries)*seeds)}, c, seeds, entries)
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
	return show(out, files, stdout, stderr)
}
