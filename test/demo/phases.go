package main

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"userscale.dev/userscale/test/observe"
	"userscale.dev/userscale/test/summary"
)

// phase is one step of the staircase.
type phase struct {
	name   string
	expect string        // printed when it begins
	loads  []loadSpec    // started when it begins
	stops  []string      // loads of earlier phases that end when it begins
	brief  time.Duration // if set, the phase's own loads end after this time
	least  time.Duration // the phase lasts at least this long
	most   time.Duration // and at most this long, if done does not come true
	done   func(view) bool
	check  func(view) []summary.Check
}

// loadSpec is one load generator: a name, its scenario and the scenario's arguments.
type loadSpec struct {
	name     string
	scenario string
	args     []string
}

// view is what was seen since a phase began.
type view struct {
	observations []observe.Observation
	rescales     []observe.Rescale
}

func (v view) last() observe.Observation {
	if len(v.observations) == 0 {
		return observe.Observation{}
	}
	return v.observations[len(v.observations)-1]
}

// settled says that the HPA has passed over the last two chances to change the replicas. The next phase's signal is then the only one
// above its target.
func (v view) settled() bool {
	return len(v.rescales) > 0 && v.last().Time.Sub(v.rescales[len(v.rescales)-1].Time) > 2*15*time.Second
}

func (v view) peak(of func(observe.Observation) float64) float64 {
	peak := math.Inf(-1)
	for _, o := range v.observations {
		peak = max(peak, of(o))
	}
	return peak
}

// streamLength is short against every half-life, so that users come and go when the demo says so.
const streamLength = 500 * time.Millisecond

func streams(name string, users int) loadSpec {
	return loadSpec{name, "stream", []string{
		"--concurrency", strconv.Itoa(users), "--stream-ms", strconv.FormatInt(streamLength.Milliseconds(), 10),
	}}
}

// Load levels that do not follow from the settings: enough GPU and CPU work for a step beyond what the users need. c clients that
// always have a job, sent to one of N pods at random, keep each GPU busy for c/(c+N−1) of the time (a closed queueing network). With a
// target of 70 %, 10 clients are too many for 5 pods and leave 6 at 95 % of it, which is far enough that chance hardly takes them over it
// while CPU is at work. Jobs are short against the half-lives for the same reason.
const (
	gpuClients    = 10
	matrixClients = 2
)

// staircase plans the demo's phases from the settings.
func staircase(s settings) []phase {
	steady := int(0.6 * float64(s.min) * s.usersTarget)
	byUsers := s.min + 3
	risen := int((float64(byUsers) - 0.4) * s.usersTarget)
	sp := spikeFor(float64(steady), float64(s.min)*s.usersTarget, 5*time.Second, s.riseHalfLife)
	unsmoothed := math.Ceil(float64(steady+sp.extra) / s.usersTarget)

	return []phase{
		{
			name:   "steady",
			expect: fmt.Sprintf("%d users, %g per pod wanted: %d pods are enough, nothing moves", steady, s.usersTarget, s.min),
			loads:  []loadSpec{streams("steady", steady)},
			least:  45 * time.Second, most: 45 * time.Second,
			check: func(v view) []summary.Check {
				return []summary.Check{stays(v, s.min), near(v, "smoothed users", float64(steady), 0.1)}
			},
		},
		{
			name: "spike",
			expect: fmt.Sprintf("%d more users for %.0f s. Smoothed: %d + (1 − 2^(−%.0f/%.0f))·%d = %.1f < %.0f, so nothing moves; unsmoothed it would ask for %.0f pods",
				sp.extra, sp.length.Seconds(), steady, sp.length.Seconds(), s.riseHalfLife.Seconds(), sp.extra, sp.peak, float64(s.min)*s.usersTarget, unsmoothed),
			loads: []loadSpec{streams("spike", sp.extra)},
			brief: sp.length,
			least: 35 * time.Second, most: 35 * time.Second,
			check: func(v view) []summary.Check {
				limit := float64(s.min) * s.usersTarget
				raw := v.peak(func(o observe.Observation) float64 { return o.Raw[observe.Users] })
				smoothed := v.peak(func(o observe.Observation) float64 { return o.Smoothed[observe.Users] })
				return []summary.Check{
					{Name: "raw users peak above the present pods' capacity", Want: fmt.Sprintf("> %.0f", limit), Got: fmt.Sprintf("%.1f", raw), Unit: "users", OK: raw > limit},
					{Name: "smoothed users stay below it", Want: fmt.Sprintf("≤ %.0f", limit), Got: fmt.Sprintf("%.1f", smoothed), Unit: "users", OK: smoothed <= limit},
					stays(v, s.min),
				}
			},
		},
		{
			name:   "users",
			expect: fmt.Sprintf("%d users: ceil(%d/%g) = %d pods, at most %d more each 15 s", risen, risen, s.usersTarget, byUsers, s.stepUp),
			loads:  []loadSpec{streams("more-users", risen-steady-gpuClients), streams("users-before-gpu", gpuClients)},
			least:  75 * time.Second, most: 150 * time.Second,
			done: func(v view) bool { return v.last().Ready == byUsers },
			check: func(v view) []summary.Check {
				return []summary.Check{
					reaches(v, byUsers, byUsers),
					neverAbove(v, byUsers), scaledBy(v, observe.Users), steps(v, s),
				}
			},
		},
		{
			name:   "gpu",
			expect: fmt.Sprintf("%d of the users send GPU jobs instead: GPU use asks for more than %d pods, users do not", gpuClients, byUsers),
			stops:  []string{"users-before-gpu"},
			loads:  []loadSpec{{"gpu", "gpu", []string{"--concurrency", strconv.Itoa(gpuClients), "--work-ms", "500", "--timeout", "60s"}}},
			least:  75 * time.Second, most: 180 * time.Second,
			done: func(v view) bool {
				return v.last().Ready > byUsers && v.settled() && v.last().Metrics[observe.GPU].Ratio() < 0.97
			},
			check: func(v view) []summary.Check {
				return []summary.Check{reaches(v, byUsers+1, s.max), scaledBy(v, observe.GPU), steps(v, s)}
			},
		},
		{
			name:   "cpu",
			expect: fmt.Sprintf("%d clients multiply large matrices: CPU asks for still more pods, up to the maximum of %d", matrixClients, s.max),
			loads:  []loadSpec{{"matrix", "matrix", []string{"--concurrency", strconv.Itoa(matrixClients), "--size", "600", "--timeout", "60s"}}},
			least:  60 * time.Second, most: 180 * time.Second,
			done: func(v view) bool { return len(v.rescales) > 0 && v.last().Ready > v.observations[0].Ready },
			check: func(v view) []summary.Check {
				return []summary.Check{
					reaches(v, v.observations[0].Ready+1, s.max), neverAbove(v, s.max), scaledBy(v, observe.CPU), steps(v, s),
				}
			},
		},
		{
			name:   "quiet",
			expect: fmt.Sprintf("no load: once every signal is below 70 %% of its target, back to %d pods, at most %d fewer each 15 s", s.min, s.stepDown),
			stops:  []string{"steady", "more-users", "gpu", "matrix"},
			least:  0, most: 300 * time.Second,
			done: func(v view) bool { return v.last().Desired == s.min && v.last().Ready == s.min },
			check: func(v view) []summary.Check {
				return []summary.Check{reaches(v, s.min, s.min), steps(v, s), allBelowTheirBands(v)}
			},
		},
	}
}
