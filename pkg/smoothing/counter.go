package smoothing

import (
	"math"
	"time"
)

// Counter turns the readings of one monotonic counter into rates. A counter that is the time integral of a gauge, such as
// user-seconds, has the gauge's average as its rate:
//
//	(c(t₂) − c(t₁)) / (t₂ − t₁) = mean of the gauge over [t₁, t₂]
//
// It is exact however much the gauge moved in between, so there is no aliasing, where a gauge sampled now and then tells only of the
// moments it was sampled at. The rates, each times its time, sum to what the counter counted.
//
// The zero value is ready for use. It is not safe for concurrent use.
type Counter struct {
	// MaxGap bounds the time that one rate may stand for; 0 is no bound. The average over a longer time is true, but it is not the
	// load of now.
	MaxGap time.Duration

	value float64
	at    time.Time
	known bool // there is a reading before
}

// Rate takes the reading value at t and returns the average increase per second since the reading before, never negative. There is
// no rate, and this reading is only the next one's beginning,
//
//   - for the first reading;
//   - after a reset, that is, where the value fell: the counter's owner started over, and what it had counted meanwhile is not
//     guessed. A counter that has already passed its old value again cannot be told from one that never fell;
//   - after a gap longer than MaxGap.
//
// There is no rate, and nothing changes,
//
//   - where t is not later: the reading is a duplicate or came out of order. One that is earlier by more than MaxGap shows instead
//     that the clock was ahead, and starts over;
//   - where the value is NaN, infinite or negative, which no counter is.
func (c *Counter) Rate(value float64, t time.Time) (rate float64, ok bool) {
	if !(value >= 0) || math.IsInf(value, 1) {
		return 0, false
	}
	dt := t.Sub(c.at)
	far := c.MaxGap > 0 && dt.Abs() > c.MaxGap
	if c.known && dt <= 0 && !far {
		return 0, false
	}
	follows := c.known && dt > 0 && !far && value >= c.value
	rate = (value - c.value) / dt.Seconds()
	c.value, c.at, c.known = value, t, true
	if !follows || math.IsInf(rate, 1) {
		return 0, false
	}
	return rate, true
}
