// Package trace reads and writes recorded loads: how many users there were, or requests per second, at evenly spaced times. Its reader
// is strict, since a load that was read wrongly looks like any other. Standard library only.
package trace

import "time"

// Trace is a level over time: each value holds for one step, the first one from 0 on. After the last one there is nothing.
type Trace struct {
	Step   time.Duration // above 0, in whole milliseconds
	Values []float64     // at least 2, each from 0 to [MaxValue]
}

// The bounds of a trace.
const (
	MaxValue  = 1e9
	MaxLength = 1000 * time.Hour
	MaxRows   = 1_000_000
)

// Length is when the last value ends.
func (t *Trace) Length() time.Duration { return time.Duration(len(t.Values)) * t.Step }

// At is the level at a time; before the beginning and from the end on it is 0.
func (t *Trace) At(at time.Duration) float64 {
	if at < 0 || at >= t.Length() {
		return 0
	}
	return t.Values[at/t.Step]
}
