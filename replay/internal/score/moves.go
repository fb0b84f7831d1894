package score

import (
	"math"

	"userscale.dev/userscale/replay/internal/timeline"
)

// takenBack is within which time a scale-out that nobody needed counts as wrong once it is undone, in seconds: twice the five minutes
// for which the HPA by default holds on to what it has.
const takenBack = 600

// WrongMoves counts the decisions that went in the wrong direction.
//
// A scale-in to n pods at time t is wrong if within the time that it takes to start a pod the load is above what n pods can serve,
// max U(t…t+start) > n·C: what was taken away was needed before it could have been brought back.
//
// A scale-out from n pods at time t is wrong if it is taken back, to n pods or fewer, within 600 s, and up to then the load never was
// above what n pods can serve: pods came and went, and nobody needed them. Headroom that is kept is not wrong.
func WrongMoves(run *timeline.Timeline) (in, out int) {
	for i, d := range run.Decisions {
		switch {
		case d.To < d.From && highest(run, d.T, d.T+run.PodStart) > capacity(run, d.To):
			in++
		case d.To > d.From:
			if back, undone := undoing(run.Decisions[i:]); undone && highest(run, d.T, back) <= capacity(run, d.From) {
				out++
			}
		}
	}
	return in, out
}

// undoing returns when the first decision is undone by a later one, if it is within takenBack.
func undoing(decisions []timeline.Decision) (at float64, undone bool) {
	first := decisions[0]
	for _, d := range decisions[1:] {
		if d.T > first.T+takenBack {
			return 0, false
		}
		if d.To <= first.From {
			return d.T, true
		}
	}
	return 0, false
}

// highest is the most users in the seconds that from and to lie in, and between them.
func highest(run *timeline.Timeline, from, to float64) float64 {
	most := 0.0
	last := min(len(run.Points)-1, int(math.Floor(to)))
	for i := max(0, int(math.Floor(from))); i <= last; i++ {
		most = max(most, run.Points[i].Users)
	}
	return most
}
