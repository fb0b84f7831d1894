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
	var cells []cell
	for _, l := range loads {
		for _, start := range o.podStarts {
			c := newCell(l, start)
			if i := slices.IndexFunc(before.Cells, func(b cell) bool { return b.is(&c, len(entries), o.seeds) }); i >= 0 {
				cells = append(cells, before.Cells[i])
				continue
			}
			began := time.Now()
			options := compare.Options{World: l.world(start), Seeds: o.seeds, Controls: true}
			if c.Rows, err = compare.Run(ctx, &batch.Runner{T: t}, options, entries); err != nil {
				return err
			}
			cells = append(cells, c)
			if err := o.write(cells); err != nil { // so that what is done is kept, whatever comes
				return err
			}
			fmt.Fprintf(os.Stderr, "%s: %d of %d, %s\n", c.name(), len(cells), len(loads)*len(o.podStarts), time.Since(began).Round(time.Second))
		}
	}
	return o.write(cells) // also where all were there before
}

func newCell(l load, start time.Duration) cell {
	return cell{Load: l.name, Recorded: l.trace, Hours: float64(len(l.users)) / 3600, Noise: l.noise(), PodStart: start.Seconds()}
}

func (c *cell) name() string { return fmt.Sprintf("%s, pods start in %g s", c.Load, c.PodStart) }
