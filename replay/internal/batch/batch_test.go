package batch

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/score"
	"userscale.dev/userscale/replay/internal/simulate"
	"userscale.dev/userscale/replay/internal/timeline"
)

// world is the shipped policy under a load that steps up and down.
func world(t *testing.T) simulate.Config {
	t.Helper()
	p, err := policy.Load("../../../manifests/base/workload/hpa.yaml", "")
	if err != nil {
		t.Fatal(err)
	}
	c := simulate.Defaults()
	c.Policy = p
	for s := range 1800 {
		c.Users = append(c.Users, 20+float64(40*(s/600%2)))
	}
	c.Poisson, c.Scrapes.Loss = true, 0.05
	return c
}

// Runs beside each other are what they are alone, byte for byte: nothing leaks from one bubble into another.
func TestSideBySide(t *testing.T) {
	configs := Seeds(world(t), 7, 6)
	var alone []score.Scores
	var first *timeline.Timeline
	for i, c := range configs {
		run, err := simulate.Run(t.Context(), t, c)
		if err != nil {
			t.Fatal(err)
		}
		alone = append(alone, score.Of(run))
		if i == 0 {
			first = run
		}
	}
	var last Progress
	runner := &Runner{T: t, Progress: func(p Progress) { last = p }}
	together, err := runner.Scores(t.Context(), configs)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(alone, together, cmp.AllowUnexported(timeline.Value{})); diff != "" {
		t.Errorf("alone and side by side (-alone +together):\n%s", diff)
	}
	if last.Runs != 6 || last.Virtual != 6*30*time.Minute {
		t.Errorf("progress: %+v", last)
	}
	if first.Seed != 7 || cmp.Equal(alone[0], alone[1], cmp.AllowUnexported(timeline.Value{})) {
		t.Error("seeds make no difference")
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (&Runner{T: t}).Scores(ctx, Seeds(world(t), 1, 2)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
