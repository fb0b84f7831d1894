package smoothing

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Loads up to the largest that a configuration accepts, and half-lives and times of any length that a series can meet.
var (
	loads     = rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0, 100), rapid.Float64Range(0, 1e12))
	durations = rapid.Map(rapid.Float64Range(0, 16), func(exponent float64) time.Duration {
		return time.Duration(math.Pow(10, exponent)) // 1 ns to 116 days, as many short ones as long ones
	})
	halfLives = rapid.OneOf(rapid.Just(time.Duration(0)), durations)
)

func drawHalfLives(t *rapid.T) HalfLives {
	return HalfLives{Rise: halfLives.Draw(t, "rise"), Fall: halfLives.Draw(t, "fall")}
}

// drawEstimator returns a seeded one that may have a bound.
func drawEstimator(t *rapid.T) Estimator {
	e := seeded(drawHalfLives(t), loads.Draw(t, "state"))
	if rapid.Bool().Draw(t, "bounded") {
		e.MaxStep = durations.Draw(t, "MaxStep")
	}
	return e
}

// stepped returns what e, which is a copy, is after a step.
func stepped(e Estimator, x float64, dt time.Duration) float64 {
	e.Step(x, e.at.Add(dt))
	return e.Value()
}

// TestAlphaIsAHalfLife: the two ways to say it give the textbook's s + α·(x − s).
func TestAlphaIsAHalfLife(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		alpha := rapid.Float64Range(0.001, 1).Draw(t, "alpha")
		interval := rapid.Map(rapid.IntRange(100, 600_000), func(ms int) time.Duration { return time.Duration(ms) * time.Millisecond }).
			Draw(t, "interval")
		h, err := FromAlpha(alpha, interval)
		if err != nil {
			t.Fatal(err)
		}
		textbook := loads.Draw(t, "state")
		e, at, highest := seeded(h, textbook), epoch, textbook
		for _, x := range rapid.SliceOfN(loads, 1, 20).Draw(t, "inputs") {
			at = at.Add(interval)
			e.Step(x, at)
			textbook += alpha * (x - textbook)
			highest = max(highest, x)
			if math.Abs(e.Value()-textbook) > 1e-6*highest { // a half-life is a whole number of nanoseconds
				t.Fatalf("alpha %v per %v: %v, the textbook has %v", alpha, interval, e.Value(), textbook)
			}
		}
	})
}

func TestSplittingAnIntervalChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, x, dt := drawEstimator(t), loads.Draw(t, "input"), durations.Draw(t, "dt")
		if e.MaxStep > 0 {
			dt = min(dt, e.MaxStep)
		}
		want := stepped(e, x, dt)
		split := e
		for _, part := range rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 5).Draw(t, "cuts") { // in any order: late cuts are no steps
			split.Step(x, epoch.Add(time.Duration(part*float64(dt))))
		}
		split.Step(x, epoch.Add(dt))
		if math.Abs(split.Value()-want) > 1e-9*(e.Value()+x) {
			t.Fatalf("%+v to %v in %v: %v at once, %v in steps", e, x, dt, want, split.Value())
		}
	})
}

// TestStepGoesTowardsItsInput, never beyond it, so the state is never NaN, infinite or negative.
func TestStepGoesTowardsItsInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, x, dt := drawEstimator(t), loads.Draw(t, "input"), durations.Draw(t, "dt")
		slack := 1e-12 * (e.Value() + x)
		if got := stepped(e, x, dt); !(got >= min(e.Value(), x)-slack && got <= max(e.Value(), x)+slack) || got < 0 {
			t.Fatalf("%+v to %v in %v gives %v", e, x, dt, got)
		}
	})
}

func TestMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, x, dt := drawEstimator(t), loads.Draw(t, "input"), durations.Draw(t, "dt")
		more, later := loads.Draw(t, "more"), durations.Draw(t, "later")
		higher := e
		higher.Add(more)
		base, slack := stepped(e, x, dt), 1e-12*(e.Value()+x+more)
		if got := stepped(higher, x, dt); got < base-slack {
			t.Errorf("from a higher state %+v: %v, from %+v: %v", higher, got, e, base)
		}
		if got := stepped(e, x+more, dt); got < base-slack {
			t.Errorf("to a higher input %v: %v, to %v: %v", x+more, got, x, base)
		}
		if got := stepped(e, x, dt+later); math.Abs(got-x) > math.Abs(base-x)+slack {
			t.Errorf("%v later: %v is further from %v than %v", later, got, x, base)
		}
	})
}

func TestWeightIsCapped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, x, beyond := drawEstimator(t), loads.Draw(t, "input"), durations.Draw(t, "beyond")
		e.MaxStep = durations.Draw(t, "cap")
		if got, want := stepped(e, x, e.MaxStep+beyond), stepped(e, x, e.MaxStep); got != want {
			t.Fatalf("%+v to %v: %v after the bound, %v at it", e, x, got, want)
		}
	})
}

// oracle is an estimator without a formula: it lets every second since the last step take its part, one after the other.
type oracle struct {
	rise, fall, maxStep int // seconds
	state               float64
	at                  int
}

func (o *oracle) step(x float64, at int) {
	switch elapsed := at - o.at; {
	case elapsed > 0:
		for range min(elapsed, o.maxStep) {
			half := o.fall
			if x > o.state {
				half = o.rise
			}
			o.state = x + (o.state-x)*math.Pow(0.5, 1/float64(half))
		}
		o.at = at
	case elapsed < -o.maxStep:
		o.at = at
	}
}

// TestAgainstOracle steps through times that repeat, go back and leap ahead. The state stays between the smallest and the largest
// input, and a time from the future holds it no longer than MaxStep once the clock is right again.
func TestAgainstOracle(t *testing.T) {
	seconds := rapid.IntRange(1, 100)
	rapid.Check(t, func(t *rapid.T) {
		o := oracle{rise: seconds.Draw(t, "rise"), fall: seconds.Draw(t, "fall"), maxStep: seconds.Draw(t, "MaxStep")}
		o.state = loads.Draw(t, "seed")
		e := seeded(HalfLives{Rise: time.Duration(o.rise) * time.Second, Fall: time.Duration(o.fall) * time.Second}, o.state)
		e.MaxStep = time.Duration(o.maxStep) * time.Second
		lowest, highest, now := o.state, o.state, 0
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			now += rapid.OneOf(rapid.IntRange(0, 10), rapid.IntRange(-300, 300)).Draw(t, "elapsed")
			x := loads.Draw(t, "input")
			lowest, highest = min(lowest, x), max(highest, x)
			o.step(x, now)
			e.Step(x, epoch.Add(time.Duration(now)*time.Second))
			slack := 1e-9 * (1 + highest)
			if math.Abs(e.Value()-o.state) > slack {
				t.Fatalf("at %d s: %v, the oracle has %v", now, e.Value(), o.state)
			}
			if e.Value() < lowest-slack || e.Value() > highest+slack {
				t.Fatalf("at %d s: %v is not in [%v, %v]", now, e.Value(), lowest, highest)
			}
		}
		before := e.Value()
		right := epoch.Add(time.Duration(now)*time.Second - time.Hour) // everything so far came from a clock an hour ahead
		e.Step(highest+1, right)
		e.Step(highest+1, right.Add(time.Second))
		if !(e.Value() > before) {
			t.Fatalf("a clock that was ahead stopped the series at %v", before)
		}
	})
}
