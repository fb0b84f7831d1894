package engine

import (
	"math/rand/v2"
	"time"
)

// Think is how long a user of the closed loop waits between an answer and the next request. Times are independent of each other and
// uniformly distributed from Mean − Spread to Mean + Spread, or exponentially with the mean Mean, which is how long independent
// events take to happen. The zero Think is no pause at all.
type Think struct {
	Mean        time.Duration
	Spread      time.Duration // at most Mean
	Exponential bool
}

func (t Think) draw(random *rand.Rand) time.Duration {
	switch {
	case t.Exponential:
		return time.Duration(random.ExpFloat64() * float64(t.Mean))
	case t.Spread > 0:
		return t.Mean + time.Duration((2*random.Float64()-1)*float64(t.Spread))
	}
	return t.Mean
}
