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
	World    simulate.Config // all but policy and seed
	Seeds    int             // from World.Seed on
	Controls bool            // whether each policy gets its iso-cost control
}

// CostTolerance is how far a control's pod-hours may be from its policy's, as a share; where no target comes as close a note says so.
const CostTolerance = 0.01

// Row is a policy and how its runs scored, one for each seed.
type Row struct {
	Name    string         `json:"policy"`
	Scores  []score.Scores `json:"scores"`
	Control *Control       `json:"control,omitempty"`
}

// Control is the raw signal at equal cost.
type Control struct {
	Factor float64        `json:"target_factor"`
	Target float64        `json:"target"`
	Scores []score.Scores `json:"scores"`
	Note   string         `json:"note,omitempty"` // where no target costs as much: what was taken
}

// Run compares. The first entry that sees users lends its metric to the controls of those that do not.
func Run(ctx context.Context, runner *batch.Runner, o Options, entries []Entry) ([]Row, error) {
	c := &comparison{Options: o, runner: runner, known: map[string][]score.Scores{}}
	var rows []Row
	for _, e := range entries {
		row := Row{Name: e.Name}
		var err error
		if row.Scores, err = c.run(ctx, e.Name, e.Policy, o.World.Seed, o.Seeds); err != nil {
			return nil, fmt.Errorf("policy %s: %w", e.Name, err)
		}
		if o.Controls {
			if row.Control, err = c.control(ctx, e, entries, row.Scores); err != nil {
				return nil, fmt.Errorf("policy %s: %w", e.Name, err)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// comparison is the state of one Run.
type comparison struct {
	Options
	runner *batch.Runner
	known  map[string][]score.Scores // of controls, by what they are: policies share them
}

func (c *comparison) run(ctx context.Context, name string, p *policy.Policy, first uint64, seeds int) ([]score.Scores, error) {
	world := c.World
	world.Policy, world.PolicyName = p, name
	return c.runner.Scores(ctx, batch.Seeds(world, first, seeds))
}

// control seeks the factor at which the raw signal costs what the policy costs, and runs it with all seeds.
func (c *comparison) control(ctx context.Context, e Entry, entries []Entry, scores []score.Scores) (*Control, error) {
	raw, err := lend(e, entries)
	if err != nil {
		return nil, err
	}
	// Few seeds find about where to look, all of them find the place.
	found := found{factor: 1}
	for _, stage := range []struct{ seeds, tries int }{{min(roughSeeds, c.Seeds), roughTries}, {c.Seeds, fineTries}} {
		found, err = seek(meanHours(scores[:stage.seeds]), found.factor, stage.tries, func(factor float64) (float64, error) {
			probed, err := c.scaled(ctx, raw, factor, stage.seeds)
			return meanHours(probed), err
		})
		if err != nil {
			return nil, err
		}
	}
	all, err := c.scaled(ctx, raw, found.factor, c.Seeds)
	return &Control{Factor: found.factor, Target: raw.Target * found.factor, Scores: all, Note: found.note}, err
}

// lend is the raw policy that a policy is held against.
func lend(e Entry, entries []Entry) (raw Raw, err error) {
	for _, other := range entries {
		if raw, err = RawOf(e.Policy, other.Policy); err == nil {
			break
		}
	}
	return raw, err
}

// scaled returns the scores of a control with so many seeds. None is run twice.
func (c *comparison) scaled(ctx context.Context, raw Raw, factor float64, seeds int) ([]score.Scores, error) {
	same, err := raw.key()
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("%s × %g", same, factor)
	known := c.known[key]
	if len(known) < seeds {
		p, err := raw.Scaled(factor)
		if err != nil {
			return nil, err
		}
		more, err := c.run(ctx, "control", p, c.World.Seed+uint64(len(known)), seeds-len(known))
		if err != nil {
			return nil, err
		}
		known = append(known, more...)
		c.known[key] = known
	}
	return known[:seeds], nil
}

func meanHours(scores []score.Scores) float64 {
	sum := 0.0
	for i := range scores {
		sum += scores[i].PodHours
	}
	return sum / float64(max(1, len(scores)))
}
