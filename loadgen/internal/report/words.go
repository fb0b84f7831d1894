package report

import (
	"fmt"
)

// loopName is open or closed.
func (r *Report) loopName() string {
	if r.Open {
		return openLoop
	}
	return closedLoop
}

// arrivals says how requests of the open loop are spaced; empty in the closed one.
func (r *Report) arrivals() string {
	switch {
	case !r.Open:
		return ""
	case r.Poisson:
		return "poisson"
	}
	return "even"
}

// think says how long users of the closed loop pause; empty if they do not.
func (r *Report) think() string {
	t := r.Think
	switch {
	case t.Mean == 0:
		return ""
	case t.Exponential:
		return fmt.Sprintf("exp:%s", t.Mean)
	case t.Spread > 0:
		return fmt.Sprintf("%s..%s", t.Mean-t.Spread, t.Mean+t.Spread)
	}
	return t.Mean.String()
}

// url is that of the only scenario; empty if there are several.
func (r *Report) url() string {
	if len(r.Mix) != 1 {
		return ""
	}
	return r.Mix[0].URL.String()
}
