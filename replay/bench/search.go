package main

import (
	"context"
	"testing"
	"time"

	"userscale.dev/userscale/replay/internal/batch"
	"userscale.dev/userscale/replay/internal/compare"
	"userscale.dev/userscale/replay/internal/search"
)

// grid is what the search tries, of the users alone and of all signals: half-lives of rises and falls, and windows of scale-in.
func grid() search.Grid {
	return search.Grid{
		Rises:   []time.Duration{0, 5 * time.Second, 10 * time.Second},
		Falls:   []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute},
		Windows: []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute},
	}
}

// changes are the shipped settings, and each with one of them changed.
func changes() []search.Grid {
	shipped := func() search.Grid {
		return search.Grid{Rises: []time.Duration{10 * time.Second}, Falls: []time.Duration{time.Minute}, Windows: []time.Duration{5 * time.Minute}}
	}
	rises, falls, windows := shipped(), shipped(), shipped()
	rises.Rises = []time.Duration{0, 5 * time.Second, 20 * time.Second}
	falls.Falls = []time.Duration{30 * time.Second, 2 * time.Minute, 5 * time.Minute}
	windows.Windows = []time.Duration{time.Minute, 2 * time.Minute, 10 * time.Minute}
	return []search.Grid{shipped(), rises, falls, windows}
}

// finding is what the search saw in one cell: each candidate against the raw users at its cost, and each change of the shipped settings
// against the shipped ones at its cost.
type finding struct {
	cell
	Changes []compare.Row `json:"changes"`
}

// found is all of it.
type found struct {
	Verdicts []verdict `json:"candidates"`
	Cells    []finding `json:"cells"`
}

// runSearch looks for settings that lose nowhere.
func (o settings) runSearch(ctx context.Context, t *testing.T) error {
	loads, err := o.loads()
	if err != nil {
		return err
	}
	candidates, changed, shipped, err := candidates()
	if err != nil {
		return err
	}
	var before found
	if err := o.earlier("search.json", &before); err != nil {
		return err
	}
	return inCells(o, loads, before.Cells, len(candidates), func(f *finding) *cell { return &f.cell }, func(f *finding, l load, start time.Duration) error {
		options := compare.Options{World: l.world(start), Seeds: o.seeds, Controls: true}
		runner := &batch.Runner{T: t}
		var err error
		if f.Rows, err = compare.Run(ctx, runner, options, candidates); err != nil {
			return err
		}
		options.Reference = &shipped
		f.Changes, err = compare.Run(ctx, runner, options, changed)
		return err
	}, o.writeSearch)
}

// candidates are what is searched, what is set against the shipped settings, and those.
func candidates() (searched, changed []compare.Entry, shipped compare.Users, err error) {
	bases, err := policies("asymmetric", "all")
	if err != nil {
		return nil, nil, shipped, err
	}
	for i, signals := range []string{"users", "all"} {
		entries, err := grid().Candidates(bases[i].Policy)
		if err != nil {
			return nil, nil, shipped, err
		}
		for _, e := range entries {
			searched = append(searched, compare.Entry{Name: signals + ", " + e.Name, Policy: e.Policy})
		}
	}
	for _, g := range changes() {
		entries, err := g.Candidates(bases[0].Policy)
		if err != nil {
			return nil, nil, shipped, err
		}
		changed = append(changed, entries...)
	}
	shipped, err = compare.SmoothedOf(bases[0].Policy)
	return searched, changed, shipped, err
}
