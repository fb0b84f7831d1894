package score

import "userscale.dev/userscale/replay/internal/timeline"

// What counts as a step: the mean load of a minute is a quarter above that of the minute before, and by at least what one pod can serve.
const (
	stepWindow = 60 // seconds
	stepRise   = 1.25
)

// TimeToCapacity returns, for each step in the load, the seconds from the step until the ready pods suffice.
//
// With m(t) the mean of U over the 60 s from t on, there is a step where m(t) ≥ 1.25·m(t−60) and m(t) ≥ m(t−60) + C, at the t with the
// largest m(t) − m(t−60) in each stretch of such seconds (the first of several). Capacity is there in the first second u ≥ t with
// R(u)·C ≥ min(m(t), m(u)): it suffices for what the step rose to, or for what the load has fallen back to by then. A step that the
// run's end overtakes counts up to the end.
func TimeToCapacity(run *timeline.Timeline) []float64 {
	if run.PodCapacity <= 0 {
		return nil
	}
	means := newMeans(run)
	var times []float64
	for _, at := range means.steps(run.PodCapacity) {
		until := at
		for until < len(run.Points) && capacity(run, run.Points[until].Ready) < min(means.after(at), means.after(until)) {
			until++
		}
		times = append(times, float64(until-at))
	}
	return times
}

// means has the running sums of a load: sums[t] is that of the seconds before t.
type means struct{ sums []float64 }

func newMeans(run *timeline.Timeline) means {
	sums := make([]float64, len(run.Points)+1)
	for i, p := range run.Points {
		sums[i+1] = sums[i] + p.Users
	}
	return means{sums}
}

// after is m(t); at the end of the run, over the seconds that are left.
func (m means) after(t int) float64 {
	end := min(t+stepWindow, len(m.sums)-1)
	return (m.sums[end] - m.sums[t]) / float64(max(1, end-t))
}

// steps returns when the load steps up by at least least.
func (m means) steps(least float64) []int {
	var steps []int
	best, rise := -1, 0.0
	for t := stepWindow; t+stepWindow < len(m.sums); t++ {
		before, after := m.after(t-stepWindow), m.after(t)
		switch {
		case after >= stepRise*before && after >= before+least:
			if after-before > rise {
				best, rise = t, after-before
			}
		case best >= 0:
			steps = append(steps, best)
			best, rise = -1, 0
		}
	}
	if best >= 0 {
		steps = append(steps, best)
	}
	return steps
}

// sumUp returns the mean and the longest of some times; absent if there is none.
func sumUp(times []float64) (mean, longest Value) {
	if len(times) == 0 {
		return Value{}, Value{}
	}
	sum, most := 0.0, 0.0
	for _, t := range times {
		sum += t
		most = max(most, t)
	}
	return timeline.Known(sum / float64(len(times))), timeline.Known(most)
}
