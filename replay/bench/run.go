package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"userscale.dev/userscale/replay/internal/batch"
	"userscale.dev/userscale/replay/internal/compare"
)

type settings struct {
	traces, out, document string
	seeds                 int
	longest               time.Duration
	podStarts             []time.Duration // how long pods take to start
	goOn                  bool            // with what an earlier run has left in out
}

// cell is one comparison: on one load, with one time to start a pod.
type cell struct {
	Load     string        `json:"load"`
	Recorded bool          `json:"a_trace"` // and not a shape
	Hours    float64       `json:"hours"`
	Noise    string        `json:"noise"`
	PodStart float64       `json:"pod_start_s"`
	Rows     []compare.Row `json:"rows"`
}

// run compares the policies in each cell.
func (o settings) run(ctx context.Context, t *testing.T) error {
	loads, err := o.loads()
	if err != nil {
		return err
	}
	entries, err := policies(names...)
	if err != nil {
		return err
	}
	var before summary
	if err := o.earlier("summary.json", &before); err != nil {
		return err
	}
	return inCells(o, loads, before.Cells, len(entries), func(c *cell) *cell { return c }, func(c *cell, l load, start time.Duration) error {
		options := compare.Options{World: l.world(start), Seeds: o.seeds, Controls: true}
		var err error
		c.Rows, err = compare.Run(ctx, &batch.Runner{T: t}, options, entries)
		return err
	}, o.write)
}

// inCells does work in each cell, except those that were done before, with as many policies. What is done is kept after each, whatever
// comes. A result R has the cell that it is of.
func inCells[R any](o settings, loads []load, before []R, policies int, of func(*R) *cell, work func(*R, load, time.Duration) error, keep func([]R) error) error {
	var done []R
	for _, l := range loads {
		for _, start := range o.podStarts {
			var r R
			c := of(&r)
			*c = newCell(l, start)
			if i := slices.IndexFunc(before, func(b R) bool { return of(&b).is(c, policies, o.seeds) }); i >= 0 {
				done = append(done, before[i])
				continue
			}
			began := time.Now()
			if err := work(&r, l, start); err != nil {
				return err
			}
			done = append(done, r)
			if err := keep(done); err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "%s: %d of %d, %s\n", c.name(), len(done), len(loads)*len(o.podStarts), time.Since(began).Round(time.Second))
		}
	}
	return keep(done) // also where all were there before
}

func newCell(l load, start time.Duration) cell {
	return cell{Load: l.name, Recorded: l.trace, Hours: float64(len(l.users)) / 3600, Noise: l.noise(), PodStart: start.Seconds()}
}

func (c *cell) name() string { return fmt.Sprintf("%s, pods start in %g s", c.Load, c.PodStart) }
