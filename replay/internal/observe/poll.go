package observe

import (
	"context"
	"fmt"
	"time"
)

// patience is how long one answer may take. A late one would hide what happened meanwhile.
const patience = 2 * time.Second

// poll asks at once and then once per interval, until ctx ends or there was no answer for hold, which is the error.
func poll(ctx context.Context, every, hold time.Duration, ask func(context.Context) error) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	answered := time.Now()
	for {
		err := within(ctx, ask)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			answered = time.Now()
		case time.Since(answered) > hold:
			return fmt.Errorf("no answer for %v: %w", hold, err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func within(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return ask(ctx)
}
