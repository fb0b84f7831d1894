package e2e

import (
	"testing"
	"time"

	"userscale.dev/userscale/test/observe"
)

// testUsers plays the main job without a GPU: out to exactly k pods, steady there, in no sooner than below the lower band. All of it is
// recorded, and the HPA controller decides the same when it is replayed.
func testUsers(t *testing.T) {
	t.Parallel()
	const (
		k        = 5
		users    = 10*k - 4 // (k − 0.4) · target
		stepUp   = 2        // as shipped
		stepDown = 3
		inBand   = 38 // 76 % of 5 pods' target
	)
	w := newWorkload(t, settings{min: 2, max: 10, window: 15, stepDown: stepDown})
	explanations := w.explainings(t)
	run, level := w.watchHPA(t, "base/adapter/adapter.yaml"), w.traceUsers(t)
	w.start(t, "steady", 12)
	pause(t, 20*time.Second)

	began := time.Now()
	w.start(t, "second", users-12-(users-inBand))
	w.start(t, "third", users-inBand)
	w.until(t, 3*time.Minute, "5 ready pods", func(o observe.Observation) bool { return o.Ready == k })
	reached := time.Now()
	pause(t, 2*time.Minute)
	if lowest := observe.Lowest(w.recorder.ObservationsSince(time.Now().Add(-2 * time.Minute))); lowest != k {
		t.Errorf("desired replicas fell to %d within the two minutes at constant load, want %d throughout", lowest, k)
	}
	if highest := observe.Highest(w.recorder.ObservationsSince(began)); highest != k {
		t.Errorf("desired replicas reached %d on the way, want never more than %d", highest, k)
	}
	if seen, ok := observe.ScaledBy(w.recorder.RescalesSince(began), observe.Users); !ok {
		t.Errorf("scale-outs were not by users alone: %s", seen)
	}

	w.stop(t, "third")
	pause(t, 40*time.Second)
	if lowest := observe.Lowest(w.recorder.ObservationsSince(reached)); lowest < k {
		t.Errorf("scaled in to %d at 76 %% of the target, inside the band", lowest)
	}
	level.stop(t)
	level.wantUsers(t, inBand)

	quiet := time.Now()
	w.stop(t, "steady")
	w.stop(t, "second")
	w.until(t, 5*time.Minute, "the minimum of 2 pods", func(o observe.Observation) bool { return o.Desired == 2 && o.Ready == 2 })
	if seen, ok := observe.BelowBands(w.recorder.RescalesSince(quiet), 0.7); !ok {
		t.Errorf("scale-ins were not all below every lower band: %s", seen)
	}
	if seen, ok := observe.StepsWithin(w.recorder.RescalesSince(began), stepUp, stepDown); !ok {
		t.Errorf("steps %s exceed +%d or −%d", seen, stepUp, stepDown)
	}
	if seen, ok := observe.Explained(w.recorder.RescalesSince(began), explanations()); !ok {
		t.Errorf("not every rescale was explained: %s", seen)
	} else {
		t.Log(seen)
	}
	if warnings := w.recorder.Warnings(); len(warnings) > 0 {
		t.Errorf("%d warning events on the HPA, first %+v", len(warnings), warnings[0])
	}
	run.stop(t)
	run.verify(t)
}
