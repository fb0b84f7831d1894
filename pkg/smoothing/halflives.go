package smoothing

import (
	"fmt"
	"math"
	"time"
)

// Reference is the interval T that Window is expressed in.
const Reference = 5 * time.Second

// HalfLives says how fast an Estimator follows: the time in which half of the distance to a constant input is covered, for inputs
// above the state (Rise) and below it (Fall). 0 follows at once, that is, does not smooth.
type HalfLives struct{ Rise, Fall time.Duration }

// FromAlpha returns the half-lives, the same for both directions, that weigh a new sample by alpha when it comes interval after
// the one before: h = −interval/log₂(1−alpha). It returns an error unless alpha is in (0, 1] and interval is positive.
func FromAlpha(alpha float64, interval time.Duration) (HalfLives, error) {
	if !(alpha > 0 && alpha <= 1) {
		return HalfLives{}, fmt.Errorf("alpha: %v is not in (0, 1]", alpha)
	}
	if interval <= 0 {
		return HalfLives{}, fmt.Errorf("interval: %v is not positive", interval)
	}
	// Log1p keeps its precision for a small alpha, and is −Inf for 1, which gives 0.
	h := -float64(interval) * math.Ln2 / math.Log1p(-alpha)
	if h >= math.MaxInt64 {
		return HalfLives{}, fmt.Errorf("alpha: %v per %v is a half-life of more than 292 years", alpha, interval)
	}
	d := time.Duration(math.Round(h))
	return HalfLives{Rise: d, Fall: d}, nil
}

// Alpha returns the weight of a sample that comes interval after the one before, for the slower direction.
func (h HalfLives) Alpha(interval time.Duration) float64 {
	return weight(interval, max(h.Rise, h.Fall))
}

// Window returns the length of the plain moving average that is as smooth as the slower direction: T·(2−α)/α, where α is the
// weight per reference interval T. It is T itself where nothing is smoothed.
func (h HalfLives) Window() time.Duration {
	alpha := h.Alpha(Reference)
	return time.Duration(math.Round(float64(Reference) * (2 - alpha) / alpha))
}

// weight is 1 − 2^(−dt/half); Expm1 keeps its precision for a small dt.
func weight(dt, half time.Duration) float64 {
	return -math.Expm1(-math.Ln2 * float64(dt) / float64(half))
}
