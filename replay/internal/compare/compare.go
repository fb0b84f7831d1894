// Package compare sets policies side by side: each runs with the same seeds, which means the same noise and faults, and beside each
// runs its iso-cost control, the raw signal at the target at which it costs as many pod-hours. So what smoothing does is seen apart
// from what a tighter or looser target does.
package compare

import (
	"context"
	"fmt"

	"userscale.dev/userscale/replay/internal/batch"
	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/score"
	"userscale.dev/userscale/replay/internal/simulate"
)

// Entry is a policy under its name.
type Entry struct {
	Name   string
	Policy *policy.Policy
}

// Options say how policies are compared.
type Options struct {
	World     simulate.Config // all but policy and seed
	Seeds     int             // from World.Seed on
	Controls  bool            // whether each policy gets its iso-cost control
	Reference *Users          // whose target is scaled to make the controls; nil: the raw users, with the HPA's other fields as in each policy
}

// CostTolerance is how far a control's pod-hours may be from its policy's, as a share, for the two to cost the same.
const CostTolerance = 0.01

// Row is a policy and how its runs scored, one for each seed.
type Row struct {
	Name    string         `json:"policy"`
	Scores  []score.Scores `json:"scores"`
	Control *Control       `json:"control,omitempty"`
}

// Control is the raw signal, or whatever the reference is, at equal cost. Pods are whole, so not every cost can be had by one target: the
// scores are those of two neighbouring targets, 3 % apart, mixed so that the mean pod-hours are the policy's.
type Control struct {
	Factor float64        `json:"target_factor"` // the mean of both, as they are mixed
	Target float64        `json:"target"`
	Scores []score.Scores `json:"scores"`
	Note   string         `json:"note,omitempty"` // where no target costs as much: by how much it is off
}

// Run compares. The first entry that sees users lends its metric to the controls of those that do not.
func Run(ctx context.Context, runner *batch.Runner, o Options, entries []Entry) ([]Row, error) {
	controls := &ladders{world: o.World, runner: runner, known: map[string]map[int][]score.Scores{}}
	var rows []Row
	for _, e := range entries {
		world := o.World
		world.Policy, world.PolicyName = e.Policy, e.Name
		scores, err := runner.Scores(ctx, batch.Seeds(world, world.Seed, o.Seeds))
		row := Row{Name: e.Name, Scores: scores}
		if err == nil && o.Controls {
			row.Control, err = o.control(ctx, controls, e, entries, scores)
		}
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", e.Name, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (o *Options) control(ctx context.Context, controls *ladders, e Entry, entries []Entry, scores []score.Scores) (*Control, error) {
	if o.Reference != nil {
		return controls.control(ctx, *o.Reference, scores)
	}
	raw, err := lend(e, entries)
	if err != nil {
		return nil, err
	}
	return controls.control(ctx, raw, scores)
}

// lend is the raw policy that a policy is held against.
func lend(e Entry, entries []Entry) (raw Users, err error) {
	for _, other := range entries {
		if raw, err = RawOf(e.Policy, other.Policy); err == nil {
			break
		}
	}
	return raw, err
}
