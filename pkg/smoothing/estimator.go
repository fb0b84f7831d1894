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
//
// What a setting costs and brings: behind a ramp the state lags by the filter's mean delay h/ln 2, and it has covered 90 % of a step
// after h·log₂ 10. White noise of variance 1, sampled once a second or every 5 s, leaves the variance α/(2−α), where α is the weight
// of one such sample, and the mean 0. An asymmetric estimator has no such formulas: its row shows both directions, and the variances
// and the mean that Gaussian noise of the standard deviation σ left of a long run.
//
//	setting             lag on a ramp       90 % of a step      noise, 1 s          noise, 5 s          its mean
//	half-life 5 s       7.2 s               16.6 s              0.069               0.333               0.0 σ
//	half-life 10 s      14.4 s              33.2 s              0.035               0.172               0.0 σ
//	half-life 30 s      43.3 s              99.7 s              0.012               0.058               0.0 σ
//	half-life 60 s      86.6 s              199.3 s             0.006               0.029               0.0 σ
//	alpha 0.1 per 5 s   47.5 s              109.3 s             0.011               0.053               0.0 σ
//	alpha 0.3 per 5 s   14.0 s              32.3 s              0.036               0.176               0.0 σ
//	alpha 0.5 per 5 s   7.2 s               16.6 s              0.069               0.333               0.0 σ
//	10 s up, 60 s down  14.4, 86.6 s        33.2, 199.3 s       0.017               0.082               0.7 σ
package smoothing

import "time"

// Estimator smooths one series. The zero value follows its input at once; set HalfLives and MaxStep before the first use. It is not
// safe for concurrent use.
type Estimator struct {
	HalfLives HalfLives

	// MaxStep bounds the weight of one sample: a longer time since the last step counts as this much; 0 is no bound. A sample says
	// what the load is now, and with the full weight of a long gap it would be taken for what the load was all along: one that meets
	// a spike would be believed as if the spike had lasted since the last sample. Several sampling intervals are a sensible bound,
	// so that a late or lost sample still weighs what the time says. A series with no sample for longer than the caller's maximum age
	// is stale: then Seed starts it over, and no bound makes up for it.
	MaxStep time.Duration

	value  float64
	at     time.Time // of the last Seed or Step
	seeded bool
}

// Seed starts the series over with x at t.
func (e *Estimator) Seed(x float64, t time.Time) {
	e.value, e.at, e.seeded = x, t, true
}

// Step moves the state towards the finite input x by the weight of the time since the last step, at most MaxStep. Between samples
// the state holds, so a t that is not later changes nothing. A t that is earlier by more than MaxStep shows that the clock was ahead:
// the state still holds, but time goes on from t, so that a wrong clock does not stop the series until the right one has caught up.
// Step does nothing before Seed.
func (e *Estimator) Step(x float64, t time.Time) {
	if !e.seeded {
		return
	}
	dt := t.Sub(e.at)
	if dt <= 0 {
		if e.MaxStep > 0 && dt < -e.MaxStep {
			e.at = t
		}
		return
	}
	if e.MaxStep > 0 {
		dt = min(dt, e.MaxStep)
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

// Reset forgets everything but the settings.
func (e *Estimator) Reset() { *e = Estimator{HalfLives: e.HalfLives, MaxStep: e.MaxStep} }

// Value returns the state, and 0 before Seed.
func (e *Estimator) Value() float64 { return e.value }

// Seeded says whether there is a state.
func (e *Estimator) Seeded() bool { return e.seeded }
