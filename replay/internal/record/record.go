// Package record makes traces of what a live cluster knows: values polled through the custom metrics API, or a range of a Prometheus's
// past. A trace has no gaps and absent is not zero, so a value that is missing is held for a bounded time; then recording ends.
package record

import (
	"errors"
	"fmt"
	"math"
	"time"

	"userscale.dev/userscale/trace"
)

// Config says how long and how finely to record.
type Config struct {
	Step   time.Duration // between values
	Length time.Duration // of the whole
	Hold   time.Duration // for how long a value stands in for missing ones
}

// The bounds of a recording.
const (
	MinStep = time.Second
	MaxStep = time.Hour
	MaxHold = time.Hour
)

// Validate says all that is wrong with c.
func (c Config) Validate() error {
	var errs []error
	if c.Step < MinStep || c.Step > MaxStep || c.Step%time.Second != 0 {
		errs = append(errs, fmt.Errorf("step %v: allowed: whole seconds from %v to %v", c.Step, MinStep, MaxStep))
	} else if c.Length < 2*c.Step || c.Length/c.Step > trace.MaxRows || c.Length > trace.MaxLength {
		most := min(trace.MaxLength, trace.MaxRows*c.Step)
		errs = append(errs, fmt.Errorf("duration %v: allowed: from two steps, %v, to %v", c.Length, 2*c.Step, most))
	}
	if c.Hold < 0 || c.Hold > MaxHold {
		errs = append(errs, fmt.Errorf("hold %v: allowed: from 0s to %v", c.Hold, MaxHold))
	}
	return errors.Join(errs...)
}

func (c Config) steps() int { return int(c.Length / c.Step) }

// Result is what was recorded. It is there after an error too: as far as it goes it is good.
type Result struct {
	Trace *trace.Trace
	Held  int // values that stand in for missing ones
}

// recording is a trace that grows.
type recording struct {
	config Config
	result Result
	row    int // held values at the end, in a row
}

func newRecording(c Config) *recording {
	return &recording{config: c, result: Result{Trace: &trace.Trace{Step: c.Step}}}
}

// add adds a value, or says why it is none.
func (r *recording) add(value float64) error {
	if !(value >= 0 && value <= trace.MaxValue) {
		return fmt.Errorf("value %v: allowed: a number from 0 to %g", value, float64(trace.MaxValue))
	}
	r.result.Trace.Values = append(r.result.Trace.Values, math.Abs(value))
	r.row = 0
	return nil
}

// miss holds the last value for one more step, or says that this is not allowed any more.
func (r *recording) miss(why error) error {
	values := r.result.Trace.Values
	switch {
	case len(values) == 0:
		return fmt.Errorf("no first value: %w", why)
	case time.Duration(r.row+1)*r.config.Step > r.config.Hold:
		at := time.Duration(len(values)) * r.config.Step
		return fmt.Errorf("no value %v after the beginning, and the last one is held for %v at most: %w", at, r.config.Hold, why)
	}
	r.result.Trace.Values = append(r.result.Trace.Values, values[len(values)-1])
	r.row++
	r.result.Held++
	return nil
}

// done returns the trace without held values at its end: nothing is known to have followed them.
func (r *recording) done() Result {
	t := r.result.Trace
	t.Values = t.Values[:len(t.Values)-r.row]
	r.result.Held -= r.row
	r.row = 0
	return r.result
}
