package smoothing

import "time"

// Override replaces one or both half-lives; what is nil stays as it is.
type Override struct {
	Rise, Fall *time.Duration
	Problem    string // why what was asked for is not followed, for people; nothing is replaced then
}

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

// Limits bound the half-lives that may be asked for, both inclusive.
type Limits struct{ Min, Max time.Duration }

// Allow says whether a half-life is within the limits.
func (l Limits) Allow(half time.Duration) bool { return half >= l.Min && half <= l.Max }
