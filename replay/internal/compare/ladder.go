package compare

import (
	"context"
	"fmt"

	"userscale.dev/userscale/replay/internal/batch"
	"userscale.dev/userscale/replay/internal/score"
	"userscale.dev/userscale/replay/internal/simulate"
)

// ladders keeps the scores of controls, so that none runs twice: policies share them.
type ladders struct {
	world  simulate.Config
	runner *batch.Runner
	known  map[string]map[int][]score.Scores // by what is the same of them, and rung
}

// scores returns those of a control on a rung, with so many seeds.
func (l *ladders) scores(ctx context.Context, users Users, rung, seeds int) ([]score.Scores, error) {
	key, err := users.key()
	if err != nil {
		return nil, err
	}
	if l.known[key] == nil {
		l.known[key] = map[int][]score.Scores{}
	}
	known := l.known[key][rung]
	if len(known) < seeds {
		p, err := users.Scaled(factorOf(rung))
		if err != nil {
			return nil, err
		}
		world := l.world
		world.Policy, world.PolicyName = p, "control"
		more, err := l.runner.Scores(ctx, batch.Seeds(world, world.Seed+uint64(len(known)), seeds-len(known)))
		if err != nil {
			return nil, err
		}
		known = append(known, more...)
		l.known[key][rung] = known
	}
	return known[:seeds], nil
}

// control seeks the targets at which the users cost what a policy costs. Few seeds find about where to look, all of them find the place.
func (l *ladders) control(ctx context.Context, users Users, scores []score.Scores) (*Control, error) {
	var at place
	for _, seeds := range []int{min(roughSeeds, len(scores)), len(scores)} {
		var err error
		at, err = seek(meanHours(scores[:seeds]), at.rung, func(rung int) (float64, error) {
			probed, err := l.scores(ctx, users, rung, seeds)
			return meanHours(probed), err
		})
		if err != nil {
			return nil, err
		}
	}
	below, err := l.scores(ctx, users, at.rung, len(scores))
	if err != nil {
		return nil, err
	}
	c := &Control{Factor: factorOf(at.rung), Scores: below}
	if at.share > 0 {
		above, err := l.scores(ctx, users, at.rung+1, len(scores))
		if err != nil {
			return nil, err
		}
		c.Factor *= 1 + at.share*(rungStep-1)
		c.Scores = mix(below, above, at.share)
	}
	c.Target = users.Target * c.Factor
	if at.off != 0 {
		c.Note = fmt.Sprintf("costs %+.1f %%, whatever the target: the policy's pod-hours are beyond what its bounds allow the users alone", 100*at.off)
	}
	return c, nil
}

func meanHours(scores []score.Scores) float64 {
	sum := 0.0
	for i := range scores {
		sum += scores[i].PodHours
	}
	return sum / float64(max(1, len(scores)))
}
