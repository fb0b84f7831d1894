package smoothing

import "time"

// Override replaces one or both half-lives; what is nil stays as it is.
type Override struct{ Rise, Fall *time.Duration }

// Empty says whether nothing is replaced.
func (o Override) Empty() bool { return o.Rise == nil && o.Fall == nil }

// Apply returns h with what o replaces.
func (o Override) Apply(h HalfLives) HalfLives {
	if o.Rise != nil {
		h.Rise = *o.Rise
	}
	if o.Fall != nil {
		h.Fall = *o.Fall
	}
	return h
}
