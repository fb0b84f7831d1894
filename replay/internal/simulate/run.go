package simulate

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"userscale.dev/userscale/replay/internal/timeline"
)

// offBeat is how far the controller's moments are from whole milliseconds, at which all else happens.
const offBeat = 500 * time.Microsecond

// Run runs a policy through a trace, in a synctest bubble, which is what t is for: a test, or an ordinary program within testing.Main. It
// ends early when ctx does.
func Run(ctx context.Context, t *testing.T, c Config) (*timeline.Timeline, error) {
	silence()
	var out *timeline.Timeline
	var err error
	synctest.Test(t, func(*testing.T) { out, err = run(ctx, &c) })
	return out, err
}

// run is the inside of the bubble. The outer ctx must only be polled here: who waited for it would stop the time.
func run(outer context.Context, c *Config) (*timeline.Timeline, error) {
	now := time.Now()
	w, err := newWorld(c, now)
	if err != nil {
		return nil, err
	}
	w.plan()
	w.show(now)

	ctx, stop := context.WithCancel(context.Background())
	var controller sync.WaitGroup
	first := w.start
	if c.Initial == 0 {
		first = w.began.Add(2 * time.Minute)
	}
	first = first.Add(w.chance.phase(c.Controller.SyncPeriod))
	controller.Go(func() {
		time.Sleep(time.Until(first.Add(offBeat)))
		control(ctx, &c.Controller, w.cluster, w.witness, w.heard)
	})
	w.agenda.every(first.Add(time.Millisecond), c.Controller.SyncPeriod, w.rescale)

	w.agenda.run(func() bool { return len(w.out.Points) < len(c.Users) && outer.Err() == nil })
	w.hear()
	stop()
	controller.Wait()
	return w.out, outer.Err()
}
