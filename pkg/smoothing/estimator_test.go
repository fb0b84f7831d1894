package smoothing

import (
	"math"
	"testing"
	"time"
)

var epoch = time.Unix(1_800_000_000, 0)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(a)+math.Abs(b)) }

func seeded(h HalfLives, s float64) Estimator {
	e := Estimator{HalfLives: h}
	e.Seed(s, epoch)
	return e
}

func TestHolds(t *testing.T) {
	var unseeded Estimator
	unseeded.Step(5, epoch)
	if unseeded.Value() != 0 || unseeded.Seeded() {
		t.Errorf("a step before the seed gave %v", unseeded.Value())
	}
	e := seeded(HalfLives{Rise: time.Second, Fall: time.Second}, 10)
	for _, dt := range []time.Duration{0, -1, -time.Hour} {
		e.Step(99, epoch.Add(dt))
	}
	if e.Value() != 10 {
		t.Errorf("time that does not pass moved it to %v", e.Value())
	}
	e.Step(20, epoch.Add(time.Second))
	if !near(e.Value(), 15) {
		t.Errorf("a clock that went back cost time: %v, want 15", e.Value())
	}
}

func TestScaleAddReset(t *testing.T) {
	e := seeded(HalfLives{Rise: time.Second, Fall: 2 * time.Second}, 10)
	e.MaxStep = time.Minute
	e.Scale(1.5)
	e.Add(5)
	if e.Value() != 20 || !e.Seeded() {
		t.Errorf("got %v, want 20", e.Value())
	}
	e.Reset()
	if want := (Estimator{HalfLives: e.HalfLives, MaxStep: time.Minute}); e.HalfLives.Fall != 2*time.Second || e != want {
		t.Errorf("got %+v", e)
	}
}
