package profile

import (
	"math"
	"time"
)

// Sine swings between two levels. It starts at their mean, on the way up.
type Sine struct {
	mean, swing float64 // swing is at most mean
	omega       float64 // 2π/period, per second
}

// NewSine swings between low and high, at least 0, once per period, which is above 0.
func NewSine(low, high float64, period time.Duration) *Sine {
	return &Sine{mean: (low + high) / 2, swing: (high - low) / 2, omega: 2 * math.Pi / period.Seconds()}
}

// Level is part of Profile: mean + swing·sin(ωt).
func (s *Sine) Level(t time.Duration) float64 {
	return max(0, s.mean+s.swing*math.Sin(s.omega*t.Seconds()))
}

// Integral is part of Profile: mean·t + swing/ω·(1 − cos(ωt)), in a form that loses nothing where the cosine is almost 1.
func (s *Sine) Integral(t time.Duration) float64 { return s.integral(t.Seconds()) }

func (s *Sine) integral(t float64) float64 {
	half := math.Sin(s.omega * t / 2)
	return s.mean*t + 2*s.swing/s.omega*half*half
}

// precision is how well When knows a time, in seconds.
const precision = 0.2e-9

// When is part of Profile. The integral is between mean·t and mean·t + 2·swing/ω, which bounds the solution from both sides; Newton's
// method closes in on it, and bisection does wherever that would leave the bounds or the level is almost 0: 70 steps at most.
func (s *Sine) When(n float64) time.Duration {
	if s.mean == 0 {
		return Never
	}
	low, high := max(0, (n-2*s.swing/s.omega)/s.mean), n/s.mean
	t := high
	for range 70 {
		diff := s.integral(t) - n
		if diff > 0 {
			high = t
		} else {
			low = t
		}
		step := diff / (s.mean + s.swing*math.Sin(s.omega*t))
		if math.Abs(step) < precision || high-low < precision {
			break
		}
		if t -= step; !(t > low && t < high) { // NaN is not between them either
			t = (low + high) / 2
		}
	}
	return fromSeconds(t)
}

// Peak is part of Profile.
func (s *Sine) Peak() float64 { return s.mean + s.swing }

// Length is part of Profile.
func (s *Sine) Length() time.Duration { return 0 }
