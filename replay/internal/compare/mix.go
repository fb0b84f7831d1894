package compare

import (
	"userscale.dev/userscale/replay/internal/score"
	"userscale.dev/userscale/replay/internal/timeline"
)

// mix is what the scores are, run by run, where a share of the time is spent on the second policy and the rest on the first.
func mix(first, second []score.Scores, share float64) []score.Scores {
	if share == 0 {
		return first
	}
	between := func(a, b float64) float64 { return a + share*(b-a) }
	mixed := make([]score.Scores, len(first))
	for i := range mixed {
		a, b := &first[i], &second[i]
		mixed[i] = score.Scores{
			Unserved:    between(a.Unserved, b.Unserved),
			PodHours:    between(a.PodHours, b.PodHours),
			PodStarts:   between(a.PodStarts, b.PodStarts),
			Scalings:    between(a.Scalings, b.Scalings),
			UnderAmount: between(a.UnderAmount, b.UnderAmount),
			OverAmount:  between(a.OverAmount, b.OverAmount),
			UnderTime:   between(a.UnderTime, b.UnderTime),
			OverTime:    between(a.OverTime, b.OverTime),
			WrongIn:     between(a.WrongIn, b.WrongIn),
			WrongOut:    between(a.WrongOut, b.WrongOut),
			Steps:       between(a.Steps, b.Steps),
			ToCapacity:  betweenKnown(a.ToCapacity, b.ToCapacity, between),
			SlowestStep: betweenKnown(a.SlowestStep, b.SlowestStep, between),
			Load:        between(a.Load, b.Load),
		}
	}
	return mixed
}

// betweenKnown is absent where either is.
func betweenKnown(a, b score.Value, between func(a, b float64) float64) score.Value {
	x, known := a.Get()
	y, also := b.Get()
	if !known || !also {
		return score.Value{}
	}
	return timeline.Known(between(x, y))
}
