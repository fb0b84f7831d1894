package options

import (
	"errors"
	"fmt"

	"userscale.dev/userscale/loadgen/internal/engine"
	"userscale.dev/userscale/loadgen/internal/request"
)

// conflicts checks what a flag alone cannot show, once each is valid by itself. It names all that do not go together.
func (g *given) conflicts(opts *Options) error {
	var errs []error
	wrong := func(name string, value any, allowed string) {
		errs = append(errs, fmt.Errorf("--%s %v: allowed: %s", name, value, allowed))
	}
	if g.open() {
		if g.ramp > 0 {
			wrong("ramp", g.ramp, "without --rate only: it spreads the users of the closed loop")
		}
		if opts.Think != (engine.Think{}) {
			wrong("think", opts.Think.Mean, "without --rate only: arrivals do not wait for answers")
		}
		if opts.UserKey != request.NoKey && !g.users.given() {
			wrong("user-key", opts.UserKey, "with --rate only together with --users N, which says how many there are")
		}
		return errors.Join(errs...)
	}
	if g.users.given() && g.concurrency > 0 {
		wrong("concurrency", g.concurrency, "without --users, or together with --rate")
	}
	if g.users.given() && g.ramp > 0 {
		wrong("ramp", g.ramp, "without --users only, which has ramp:0..N/TIME")
	}
	if g.spacing != "" {
		wrong("arrivals", g.spacing, "with --rate only")
	}
	return errors.Join(errs...)
}
