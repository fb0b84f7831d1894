package profile

import (
	"math"
	"sort"
	"time"
)

// Piecewise is a level that changes linearly between some times, and may jump at them. Constants, steps, ramps, spikes and traces
// are such.
type Piecewise struct {
	pieces []piece // by their starts, the first at 0; the last one lasts for ever
	length time.Duration
}

// piece is one stretch, up to the start of the next. Times are in seconds. d seconds into it the level is level + slope·d, and the
// integral is area + level·d + slope·d²/2.
type piece struct {
	start, level, slope float64
	area                float64 // the integral at its start
}

// corner is where a stretch begins: at this level, on the way to that one, which is reached where the next stretch begins.
type corner struct {
	start    time.Duration
	from, to float64
}

// join makes a profile of corners, the first at 0. The last level stays.
func join(corners ...corner) *Piecewise {
	p := &Piecewise{}
	area := 0.0
	for i, c := range corners {
		next := piece{start: c.start.Seconds(), level: c.from, area: area}
		if i+1 < len(corners) {
			d := (corners[i+1].start - c.start).Seconds()
			next.slope = (c.to - c.from) / d
			area += d * (c.from + c.to) / 2
		}
		p.pieces = append(p.pieces, next)
	}
	return p
}

// Constant is the same level all the time.
func Constant(level float64) *Piecewise { return join(corner{0, level, level}) }

// Ramp goes from one level to another, evenly over a time that is above 0, and stays there.
func Ramp(from, to float64, over time.Duration) *Piecewise {
	return join(corner{0, from, to}, corner{over, to, to})
}

// Steps holds each level for so long, above 0; the last one stays.
func Steps(each time.Duration, levels ...float64) *Piecewise {
	var corners []corner
	for i, level := range levels {
		corners = append(corners, corner{time.Duration(i) * each, level, level})
	}
	return join(corners...)
}

// Spike is base but for so long, above 0, from at on, when it is peak.
func Spike(base, peak float64, at, length time.Duration) *Piecewise {
	up, down := corner{at, peak, peak}, corner{at + length, base, base}
	if at == 0 {
		return join(up, down)
	}
	return join(corner{0, base, base}, up, down)
}

// Level is part of Profile.
func (p *Piecewise) Level(t time.Duration) float64 {
	s := t.Seconds()
	in := p.last(func(q piece) bool { return q.start <= s })
	return max(0, in.level+in.slope*(s-in.start))
}

// Integral is part of Profile.
func (p *Piecewise) Integral(t time.Duration) float64 {
	s := t.Seconds()
	in := p.last(func(q piece) bool { return q.start <= s })
	d := s - in.start
	return in.area + d*(in.level+in.slope*d/2)
}

// When is part of Profile. In the form used here, the solution of level·d + slope·d²/2 = n − area has no difference of numbers that
// may be almost the same.
func (p *Piecewise) When(n float64) time.Duration {
	in := p.last(func(q piece) bool { return q.area <= n })
	if in.level == 0 && in.slope == 0 {
		return Never // what pauses only has a later piece with the same area
	}
	rest := n - in.area
	if rest == 0 {
		return fromSeconds(in.start)
	}
	root := math.Sqrt(max(0, in.level*in.level+2*in.slope*rest))
	return fromSeconds(in.start + 2*rest/(in.level+root))
}

// Peak is part of Profile.
func (p *Piecewise) Peak() float64 {
	highest := 0.0
	for i, q := range p.pieces {
		highest = max(highest, q.level)
		if i+1 < len(p.pieces) {
			highest = max(highest, q.level+q.slope*(p.pieces[i+1].start-q.start))
		}
	}
	return highest
}

// Length is part of Profile.
func (p *Piecewise) Length() time.Duration { return p.length }

// last returns the last piece that is so; the first one is, and none after one that is not.
func (p *Piecewise) last(is func(piece) bool) piece {
	return p.pieces[max(0, sort.Search(len(p.pieces), func(i int) bool { return !is(p.pieces[i]) })-1)]
}
