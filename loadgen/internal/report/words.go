package report

import (
	"fmt"
	"strings"

	"userscale.dev/userscale/loadgen/internal/request"
)

// loopName is open or closed.
func (r *Report) loopName() string {
	if r.Open {
		return "open"
	}
	return "closed"
}

// loop says how load was made.
func (r *Report) loop() string {
	parts := []string{fmt.Sprintf("closed loop: %s users for %s", r.Load, r.Duration)}
	if r.Open {
		parts[0] = fmt.Sprintf("open loop: %s/s for %s", r.Load, r.Duration)
		parts = append(parts, r.arrivals(), fmt.Sprintf("at most %d in flight", r.InFlight))
	} else if think := r.think(); think != "" {
		parts = append(parts, "thinking "+think)
	}
	if r.Count > 0 {
		parts = append(parts, fmt.Sprintf("at most %d requests", r.Count))
	}
	if r.UserKey != request.NoKey {
		parts = append(parts, fmt.Sprintf("%d user keys in the %s", r.Users, r.UserKey))
	}
	return strings.Join(append(parts, r.connections(), fmt.Sprintf("seed %d", r.Seed)), ", ")
}

func (r *Report) connections() string {
	if r.KeepAlive {
		return "connections reused"
	}
	return "a new connection per request"
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
