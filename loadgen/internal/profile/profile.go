// Package profile describes how much load there is over time: so many users, or so many arrivals per second. Profiles are pure
// functions of the time since the start, with an integral in closed form, so that the number of arrivals is what was asked for and
// not what some loop happened to manage.
package profile

import (
	"math"
	"time"
)

// Profile is a level over time that is never negative.
type Profile interface {
	// Level is the level at t, at least 0. Where the level jumps it is the one after.
	Level(t time.Duration) float64
	// Integral is ∫ Level from 0 to t in level·seconds: arrivals, if the level is a rate. It is 0 at 0 and never falls.
	Integral(t time.Duration) float64
	// When inverts Integral: the last time at which it is still at most n, which is at least 0; so an arrival is never due while the
	// level is 0. It is Never if the integral never gets beyond n.
	When(n float64) time.Duration
	// Peak is the highest level that there ever is.
	Peak() float64
	// Length is after how long the profile has nothing more to say: the end of a trace, else 0.
	Length() time.Duration
}

// Never is later than all times.
const Never time.Duration = math.MaxInt64

// Mean is the mean level between two times, of a load that ends at end.
func Mean(p Profile, from, to, end time.Duration) float64 {
	if from >= to {
		return 0
	}
	return (p.Integral(min(to, end)) - p.Integral(min(from, end))) / (to - from).Seconds()
}

// fromSeconds rounds to the next nanosecond; what does not fit is Never.
func fromSeconds(s float64) time.Duration {
	nanos := math.Round(s * float64(time.Second))
	if !(nanos < math.MaxInt64) { // NaN is not less either
		return Never
	}
	return time.Duration(nanos)
}
