package matrix

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
)

// TestPool fills a pool: with products at work, one that waits for a core, and one for which there is no room.
func TestPool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cores := runtime.GOMAXPROCS(0)
		p := NewPool(cores + 1)
		goOn := make(chan struct{})
		results := make(chan error, cores)
		for range cores {
			go func() {
				_, err := p.Multiply(&paused{t.Context(), goOn}, 1)
				results <- err
			}()
		}
		synctest.Wait()
		ctx, leave := context.WithCancel(t.Context())
		waiting := make(chan error)
		go func() {
			_, err := p.Multiply(ctx, 1)
			waiting <- err
		}()
		synctest.Wait()

		var full *FullError
		if _, err := p.Multiply(t.Context(), 1); !errors.As(err, &full) || full.Capacity != cores+1 {
			t.Errorf("one too many: %v, want that all %d places are taken", err, cores+1)
		}
		leave()
		if err := <-waiting; !errors.Is(err, context.Canceled) {
			t.Errorf("left while waiting: %v, want the context's error", err)
		}
		close(goOn)
		for range cores {
			if err := <-results; err != nil {
				t.Error(err)
			}
		}
		for range 2 * (cores + 1) { // all places are free again
			if _, err := p.Multiply(t.Context(), 1); err != nil {
				t.Error(err)
			}
		}
	})
}

// paused is a context that holds up whoever looks at it.
type paused struct {
	context.Context
	goOn chan struct{}
}

func (p *paused) Err() error {
	<-p.goOn
	return p.Context.Err()
}
