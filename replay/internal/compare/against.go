package compare

import (
	"slices"

	"userscale.dev/userscale/replay/internal/score"
	"userscale.dev/userscale/replay/internal/timeline"
)

// Against is how a policy differs from its control in one measure.
type Against struct {
	Difference score.Interval
	Ratio      score.Interval
}

// Versus compares rows with their controls in a measure; rows of several comparisons of the same policy, such as on several traces, are
// strata that count alike. Runs in which the measure is absent from either are left out.
func Versus(rows []Row, of func(score.Scores) score.Value) Against {
	var strata [][]score.Pair
	for _, row := range rows {
		if row.Control != nil {
			strata = append(strata, Pairs(row.Scores, row.Control.Scores, of))
		}
	}
	return Against{score.Difference(strata), score.Ratio(strata)}
}

// Pairs pairs up the runs of two policies, seed by seed.
func Pairs(policy, control []score.Scores, of func(score.Scores) score.Value) []score.Pair {
	var pairs []score.Pair
	for i := range min(len(policy), len(control)) {
		p, known := of(policy[i]).Get()
		c, also := of(control[i]).Get()
		if known && also {
			pairs = append(pairs, score.Pair{Policy: p, Control: c})
		}
	}
	return pairs
}

// Mean is the mean of a measure over runs, those in which it is absent left out; absent if it is in all.
func Mean(scores []score.Scores, of func(score.Scores) score.Value) score.Value {
	sum, n := 0.0, 0
	for i := range scores {
		if v, known := of(scores[i]).Get(); known {
			sum += v
			n++
		}
	}
	if n == 0 {
		return score.Value{}
	}
	return timeline.Known(sum / float64(n))
}

// Headline are the measures that policies are first judged by: what users miss, and the two kinds of cost.
func Headline() []score.Measure { return named("unserved_percent", "pod_hours", "pod_starts_per_hour") }

// Moves are the measures of moves in the wrong direction.
func Moves() []score.Measure { return named("wrong_scale_ins", "wrong_scale_outs") }

func named(keys ...string) (out []score.Measure) {
	for _, m := range score.Measures() {
		if slices.Contains(keys, m.Key) {
			out = append(out, m)
		}
	}
	return out
}
