// Package verify holds what was recorded of a live HPA against its replay: each rescale, and each reading of each metric. Pure.
package verify

import (
	"math"
	"time"

	"userscale.dev/userscale/replay/internal/recording"
	"userscale.dev/userscale/replay/internal/simulate"
)

// Result is what came of the comparison. Times are seconds since the recording began.
type Result struct {
	Apart    time.Duration // how far apart two rescales may be that are the same
	Passes   int           // that were recorded
	Rescales []Pair        // in the order of their times
	Readings []Reading     // of each metric, in the HPA's order
}

// Pair is a rescale that was recorded and the one in the replay that is the same: of the same size, and within Apart. Where there is no
// such one, the other is nil.
type Pair struct{ Recorded, Replayed *Rescale }

// Rescale is a change of spec.replicas.
type Rescale struct {
	T        float64
	From, To int32
	Reason   string // in the HPA's own words
}

// OK says whether both did the same.
func (p Pair) OK() bool { return p.Recorded != nil && p.Replayed != nil }

// OK says whether the replay made each of the recorded rescales, and no other.
func (r *Result) OK() bool {
	for _, p := range r.Rescales {
		if !p.OK() {
			return false
		}
	}
	return true
}

// Compare sets a recording beside its replay. Two rescales are the same if they are at most the HPA controller's sync period apart.
func Compare(recorded *recording.Recording, replayed *simulate.Replayed, period time.Duration) *Result {
	r := &Result{Apart: period}
	var was, is []Rescale
	var passes []*recording.Event
	for i := range recorded.Events {
		switch e := &recorded.Events[i]; {
		case e.Rescale != nil:
			was = append(was, Rescale{e.T, e.Rescale.From, e.Rescale.To, e.Rescale.Reason})
		case e.Pass != nil:
			passes = append(passes, e)
		}
	}
	for _, d := range replayed.Decisions {
		is = append(is, Rescale{d.T, d.From, d.To, d.Reason})
	}
	r.Passes = len(passes)
	r.Rescales = pair(was, is, period.Seconds())
	for i, m := range replayed.Metrics {
		r.Readings = append(r.Readings, readings(m, i, passes, replayed.Statuses))
	}
	return r
}

// pair goes through both in the order of their times. What is not the same as the next of the other is alone.
func pair(was, is []Rescale, apart float64) (pairs []Pair) {
	for len(was)+len(is) > 0 {
		switch {
		case len(was) > 0 && len(is) > 0 && same(&was[0], &is[0], apart):
			pairs = append(pairs, Pair{&was[0], &is[0]})
			was, is = was[1:], is[1:]
		case len(is) == 0 || len(was) > 0 && was[0].T <= is[0].T:
			pairs = append(pairs, Pair{Recorded: &was[0]})
			was = was[1:]
		default:
			pairs = append(pairs, Pair{Replayed: &is[0]})
			is = is[1:]
		}
	}
	return pairs
}

func same(a, b *Rescale, apart float64) bool {
	return a.From == b.From && a.To == b.To && math.Abs(a.T-b.T) <= apart
}
