package simulate

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"userscale.dev/userscale/replay/internal/timeline"
)

// Run runs a policy through a trace, in a synctest bubble, which is what t is for: a test, or an ordinary program within testing.Main. It
// ends early when ctx does.
func Run(ctx context.Context, t *testing.T, c Config) (*timeline.Timeline, error) {
	silence()
	var out *timeline.Timeline
	var err error
	synctest.Test(t, func(*testing.T) { out, err = run(ctx, &c) })
	return out, err
}

// run is the inside of the bubble.
func run(outer context.Context, c *Config) (*timeline.Timeline, error) {
	now := time.Now()
	w, err := newWorld(c, now)
	if err != nil {
		return nil, err
	}
	first := w.plan()
	return w.out, w.play(outer, &c.Controller, w.cluster.ScaleClient(), first, w.goesOn)
}
