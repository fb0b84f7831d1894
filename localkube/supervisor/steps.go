package supervisor

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"userscale.dev/userscale/localkube/control"
)

// step is one thing to do to start the cluster.
type step struct {
	name  string
	after []string // names of steps that must be done before; all must exist
	run   func(context.Context) error
}

// boot runs steps as soon as those before them are done, and can tell how far it has come.
type boot struct {
	mu     sync.Mutex // guards what follows
	done   []control.Step
	began  map[string]time.Time // of running steps
	order  []string             // names of begun steps
	ready  bool
	failed string
}

func newBoot() *boot {
	return &boot{began: map[string]time.Time{}}
}

// run runs all steps and returns the first error, by which the others are cancelled.
func (b *boot) run(ctx context.Context, steps []step) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := map[string]chan struct{}{}
	for _, s := range steps {
		done[s.name] = make(chan struct{})
	}
	var wg sync.WaitGroup
	for _, s := range steps {
		wg.Go(func() {
			if err := b.runStep(ctx, s, done); err != nil {
				cancel(fmt.Errorf("%s: %w", s.name, err))
			}
		})
	}
	wg.Wait()
	err := context.Cause(ctx)
	b.finish(err)
	return err
}

func (b *boot) runStep(ctx context.Context, s step, done map[string]chan struct{}) error {
	for _, name := range s.after {
		select {
		case <-done[name]:
		case <-ctx.Done():
			return nil // for a reason that its own step tells
		}
	}
	b.begin(s.name)
	if err := s.run(ctx); err != nil {
		return err
	}
	b.end(s.name)
	close(done[s.name])
	return nil
}

func (b *boot) begin(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.began[name] = time.Now()
	b.order = append(b.order, name)
}

func (b *boot) end(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	took := time.Since(b.began[name])
	delete(b.began, name)
	b.done = append(b.done, control.Step{Name: name, Done: true, Seconds: took.Seconds()})
	slog.Info("Step done", "step", name, "took", took)
}

func (b *boot) finish(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ready = err == nil
	if err != nil {
		b.failed = err.Error()
	}
}

// snapshot tells how far it has come.
func (b *boot) snapshot() control.Boot {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := control.Boot{Ready: b.ready, Failed: b.failed}
	s.Steps = append(s.Steps, b.done...)
	for _, name := range b.order {
		if began, running := b.began[name]; running {
			s.Steps = append(s.Steps, control.Step{Name: name, Seconds: time.Since(began).Seconds()})
		}
	}
	return s
}
