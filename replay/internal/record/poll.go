package record

import (
	"context"
	"time"
)

// Source gives the value of now. It may be absent for all kinds of reasons, never zero for want of one.
type Source interface {
	Now(ctx context.Context) (float64, error)
}

// Poll asks a source once per step, the first time at once, until the length is over or ctx ends, which is no error: then the trace is
// shorter. An answer must come within the step. Each value is passed to progress too, with the number of it.
func Poll(ctx context.Context, c Config, source Source, progress func(n int, value float64)) (Result, error) {
	r := newRecording(c)
	ticker := time.NewTicker(c.Step)
	defer ticker.Stop()
	for n := range c.steps() {
		if n > 0 {
			select {
			case <-ctx.Done():
				return r.done(), nil
			case <-ticker.C:
			}
		}
		value, err := ask(ctx, c.Step, source)
		if ctx.Err() != nil {
			return r.done(), nil
		}
		if err == nil {
			err = r.add(value)
		}
		if err != nil {
			if err := r.miss(err); err != nil {
				return r.done(), err
			}
			continue
		}
		progress(n, value)
	}
	return r.done(), nil
}

func ask(ctx context.Context, within time.Duration, source Source) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return source.Now(ctx)
}
