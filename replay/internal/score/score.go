// Package score says how well a run went, in numbers: pure functions of a [timeline.Timeline].
//
// Throughout, U(t) are the users in second t, R(t) the ready pods, C what one of them can serve, and T the run's seconds. The demand in
// pods is d(t) = max(1, ⌈U(t)/C⌉), the fewest that could have served everybody: one pod stays when nobody is there.
package score

import (
	"math"

	"userscale.dev/userscale/replay/internal/timeline"
)

// Scores are those of one run. Percentages are from 0 on, and compare between runs of different lengths; so do rates per hour.
type Scores struct {
	Unserved    float64 `json:"unserved_percent"`       // see [Unserved]
	PodHours    float64 `json:"pod_hours"`              // see [PodHours]
	PodStarts   float64 `json:"pod_starts_per_hour"`    // see [PodStarts]
	Scalings    float64 `json:"scaling_events"`         // see [Scalings]
	UnderAmount float64 `json:"theta_u_percent"`        // θU, see [Elasticity]
	OverAmount  float64 `json:"theta_o_percent"`        // θO
	UnderTime   float64 `json:"tau_u_percent"`          // τU
	OverTime    float64 `json:"tau_o_percent"`          // τO
	WrongIn     float64 `json:"wrong_scale_ins"`        // see [WrongMoves]
	WrongOut    float64 `json:"wrong_scale_outs"`       // see [WrongMoves]
	Steps       float64 `json:"steps"`                  // see [TimeToCapacity]
	ToCapacity  Value   `json:"time_to_capacity_s"`     // mean over the steps; absent where there is none
	SlowestStep Value   `json:"time_to_capacity_max_s"` // of the slowest step
	Load        float64 `json:"user_hours"`             // ∫U, to see what the rest is measured by
}

// Value is a number that may be absent.
type Value = timeline.Value

// Of scores a run. One without seconds scores 0 everywhere.
func Of(run *timeline.Timeline) Scores {
	under, over, underTime, overTime := Elasticity(run)
	wrongIn, wrongOut := WrongMoves(run)
	steps := TimeToCapacity(run)
	mean, longest := sumUp(steps)
	return Scores{
		Unserved: Unserved(run), PodHours: PodHours(run), PodStarts: PodStarts(run), Scalings: float64(Scalings(run)),
		UnderAmount: under, OverAmount: over, UnderTime: underTime, OverTime: overTime,
		WrongIn: float64(wrongIn), WrongOut: float64(wrongOut),
		Steps: float64(len(steps)), ToCapacity: mean, SlowestStep: longest,
		Load: userSeconds(run) / 3600,
	}
}

// Unserved is the load that found no ready pod with room, in percent of all load:
//
//	100 · Σ max(0, U(t) − R(t)·C) / Σ U(t)
//
// It is what a perfect spread over the ready pods leaves over, so it blames the number of pods and not the balancer. Without load it is 0.
func Unserved(run *timeline.Timeline) float64 {
	above := 0.0
	for _, p := range run.Points {
		above += max(0, p.Users-capacity(run, p.Ready))
	}
	return percent(above, userSeconds(run))
}

// PodHours is what the run cost: the pods that are paid for, from their creation until they are gone, whether ready or not.
//
//	Σ running(t) / 3600
func PodHours(run *timeline.Timeline) float64 {
	sum := 0.0
	for _, p := range run.Points {
		sum += float64(p.Running)
	}
	return sum / 3600
}

// PodStarts is how many pods were created per hour, after those of the beginning.
func PodStarts(run *timeline.Timeline) float64 {
	if len(run.Points) == 0 {
		return 0
	}
	started := 0.0
	for _, p := range run.Points[1:] {
		started += float64(p.Started)
	}
	return started * 3600 / float64(len(run.Points))
}

// Scalings is how often the desired count changed.
func Scalings(run *timeline.Timeline) int { return len(run.Decisions) }

func userSeconds(run *timeline.Timeline) float64 {
	sum := 0.0
	for _, p := range run.Points {
		sum += p.Users
	}
	return sum
}

// capacity is how many users so many ready pods can serve.
func capacity(run *timeline.Timeline, pods int32) float64 { return float64(pods) * run.PodCapacity }

// demand is d(t), in pods.
func demand(run *timeline.Timeline, users float64) float64 {
	return max(1, math.Ceil(users/run.PodCapacity))
}

func percent(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * part / whole
}
