// Package smoothing is the estimator of one series: an exponentially weighted moving average over uneven samples.
//
// A first-order low-pass filter with half-life h forgets half of its distance to a constant input x in every h:
//
//	s(t+Δt) = x + 2^(−Δt/h)·(s(t) − x)   that is   s ← s + (1 − 2^(−Δt/h))·(x − s)
//
// With Δt fixed to T this is the textbook s ← s + α·(x − s), where α = 1 − 2^(−T/h), so an α per T and a half-life say the same
// thing: (1−α)^(Δt/T) = 2^(−Δt/h). Because 2^(−a/h)·2^(−b/h) = 2^(−(a+b)/h), cutting an interval in two changes nothing: a late
// sample weighs what the elapsed time says, and sampling more often does not change the smoothing.
//
// α and the length N of a plain moving average that lets through as much of a white noise's variance, α/(2−α) = 1/N, are related by
// N = (2−α)/α: the equivalent window is T·(2−α)/α.
//
// Sources: A. Eckner, "Algorithms for Unevenly Spaced Time Series: Moving Averages and Other Rolling Operators" (2019), EMA_next;
// NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.4, for the variance α/(2−α).
//
// The estimator can be asymmetric: another half-life upwards than downwards. It is then not linear, and lies above the mean of a
// noisy input where it rises faster than it falls.
package smoothing

import "time"

// Estimator smooths one series. The zero value follows its input at once; set HalfLives before the first use. It is not safe for
// concurrent use.
type Estimator struct {
	HalfLives HalfLives

	value  float64
	at     time.Time // of the last Seed or Step
	seeded bool
}

// Seed starts the series over with x at t.
func (e *Estimator) Seed(x float64, t time.Time) {
	e.value, e.at, e.seeded = x, t, true
}

// Step moves the state towards the finite input x by the weight of the time since the last step. Between samples the state holds,
// so a t that is not later changes nothing. It does nothing before Seed.
func (e *Estimator) Step(x float64, t time.Time) {
	dt := t.Sub(e.at)
	if !e.seeded || dt <= 0 {
		return
	}
	half := e.HalfLives.Fall
	if x > e.value {
		half = e.HalfLives.Rise
	}
	e.value += weight(dt, half) * (x - e.value)
	e.at = t
}

// Scale multiplies the state: the input's coverage changed, not the input.
func (e *Estimator) Scale(f float64) { e.value *= f }

// Add adds d to the state: coverage that has no proportion to scale by.
func (e *Estimator) Add(d float64) { e.value += d }

// Reset forgets everything but the half-lives.
func (e *Estimator) Reset() { *e = Estimator{HalfLives: e.HalfLives} }

// Value returns the state, and 0 before Seed.
func (e *Estimator) Value() float64 { return e.value }

// Seeded says whether there is a state.
func (e *Estimator) Seeded() bool { return e.seeded }
