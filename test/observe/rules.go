package observe

import (
	"fmt"
	"strings"
)

// ScaledBy reports whether every scale-out among the rescales was asked for by the one metric alone: it is named in the HPA's
// reason, and at that sync it was above its target while the others were not, so that they proposed no more than the present
// count. It also tells what was seen. No scale-out at all is not ok.
func ScaledBy(rescales []Rescale, metric string) (seen string, ok bool) {
	var words []string
	ok = true
	for _, r := range rescales {
		if r.To <= r.From {
			continue
		}
		var readings []string
		for _, name := range []string{Users, GPU, CPU} {
			m, read := r.Metrics[name]
			if !read {
				continue
			}
			readings = append(readings, fmt.Sprintf("%s %.0f %%", name, 100*m.Ratio()))
			ok = ok && (name == metric) == (m.Ratio() > 1)
		}
		_, read := r.Metrics[metric]
		ok = ok && read && strings.Contains(r.Reason, metric)
		words = append(words, fmt.Sprintf("%d→%d: %s [%s]", r.From, r.To, r.Reason, strings.Join(readings, ", ")))
	}
	return strings.Join(words, "; "), ok && len(words) > 0
}

// StepsWithin reports whether no rescale was larger than its step limit; both are pods per 15 s, which is the sync period, so
// each decision is one period's.
func StepsWithin(rescales []Rescale, up, down int32) (seen string, ok bool) {
	var words []string
	ok = true
	for _, r := range rescales {
		step := r.To - r.From
		words = append(words, fmt.Sprintf("%+d", step))
		ok = ok && step <= up && -step <= down
	}
	return strings.Join(words, ", "), ok
}

// BelowBands reports whether, at every scale-in, all signals were below the given share of their targets. No scale-in at all is
// not ok.
func BelowBands(rescales []Rescale, band float64) (seen string, ok bool) {
	var words []string
	ok = true
	for _, r := range rescales {
		if r.To >= r.From {
			continue
		}
		highest := 0.0
		for _, m := range r.Metrics {
			highest = max(highest, m.Ratio())
		}
		words = append(words, fmt.Sprintf("%d→%d at %.0f %%", r.From, r.To, 100*highest))
		ok = ok && highest < band
	}
	return strings.Join(words, ", "), ok && len(words) > 0
}

// Highest is the largest desired count among the observations.
func Highest(observations []Observation) int32 {
	var highest int32
	for _, o := range observations {
		highest = max(highest, o.Desired)
	}
	return highest
}

// Lowest is the smallest desired count among the observations.
func Lowest(observations []Observation) int32 {
	if len(observations) == 0 {
		return 0
	}
	lowest := observations[0].Desired
	for _, o := range observations {
		lowest = min(lowest, o.Desired)
	}
	return lowest
}
