package activeusers

import (
	"math/bits"
	"time"
)

// integral is the time integral of a number of users, exact to the nanosecond. Whole seconds are apart from the rest, so that the sum
// neither overflows nor loses precision. Its zero value is 0.
type integral struct {
	seconds uint64
	rest    uint64    // user-nanoseconds, fewer than a second's
	since   time.Time // it is complete up to here
}

// advance adds what the number of users, constant since the last call, makes up to now. A now before that adds nothing.
func (i *integral) advance(users int, now time.Time) {
	elapsed := now.Sub(i.since)
	if elapsed <= 0 {
		return
	}
	i.since = now
	high, low := bits.Mul64(uint64(users), uint64(elapsed))
	low, carry := bits.Add64(low, i.rest, 0)
	// It does not overflow: users would have to be 2 thousand million, for 292 years.
	seconds, rest := bits.Div64(high+carry, low, uint64(time.Second))
	i.seconds += seconds
	i.rest = rest
}

func (i *integral) userSeconds() float64 {
	return float64(i.seconds) + float64(i.rest)/float64(time.Second)
}
