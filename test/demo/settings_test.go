package main

import (
	"math"
	"testing"
	"time"

	"userscale.dev/userscale/pkg/smoothing"
)

// The sum that the demo prints is the estimator's own: stepping through the spike reaches the same peak, clear of the limit,
// while one more tenth of the users would come close to it.
func TestSpikeRidesOut(t *testing.T) {
	now := time.Unix(0, 0)
	for _, c := range []struct {
		steady, limit    float64
		length, halfLife time.Duration
	}{
		{12, 20, 5 * time.Second, 10 * time.Second},
		{12, 20, 2 * time.Second, 30 * time.Second},
		{60, 100, 20 * time.Second, 10 * time.Second},
	} {
		s := spikeFor(c.steady, c.limit, c.length, c.halfLife)
		estimator := smoothing.Estimator{HalfLives: smoothing.HalfLives{Rise: c.halfLife, Fall: c.halfLife}}
		estimator.Seed(c.steady, now)
		for at := time.Second; at <= c.length; at += time.Second {
			estimator.Step(c.steady+float64(s.extra), now.Add(at))
		}
		if math.Abs(estimator.Value()-s.peak) > 1e-9 {
			t.Errorf("%+v: the printed peak is %v, the estimator reaches %v", c, s.peak, estimator.Value())
		}
		if s.peak > c.limit || c.steady+float64(s.extra) <= c.limit {
			t.Errorf("%+v: %d extra users peak at %v smoothed and %v raw, want only raw above the limit", c, s.extra, s.peak, c.steady+float64(s.extra))
		}
	}
}
