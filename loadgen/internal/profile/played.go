package profile

import "time"

// Played is another profile, played Speed times as fast, with Scale times its level. Playing faster leaves levels as they are, so
// there are fewer arrivals in all.
type Played struct {
	Profile
	Speed, Scale float64 // above 0
}

// Level is part of Profile.
func (p Played) Level(t time.Duration) float64 { return p.Scale * p.Profile.Level(p.original(t)) }

// Integral is part of Profile.
func (p Played) Integral(t time.Duration) float64 {
	return p.Scale / p.Speed * p.Profile.Integral(p.original(t))
}

// When is part of Profile.
func (p Played) When(n float64) time.Duration {
	original := p.Profile.When(n * p.Speed / p.Scale)
	if original == Never {
		return Never
	}
	return fromSeconds(original.Seconds() / p.Speed)
}

// Peak is part of Profile.
func (p Played) Peak() float64 { return p.Scale * p.Profile.Peak() }

// Length is part of Profile.
func (p Played) Length() time.Duration { return fromSeconds(p.Profile.Length().Seconds() / p.Speed) }

// original is the time in the other profile. It is less precise than t by up to Speed ns.
func (p Played) original(t time.Duration) time.Duration { return fromSeconds(t.Seconds() * p.Speed) }
