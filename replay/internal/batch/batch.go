// Package batch runs many replays, as many at a time as there are processors: each is a synctest bubble of its own, and any number of
// them may be in one process. Of each run only its scores are kept.
package batch

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"userscale.dev/userscale/replay/internal/score"
	"userscale.dev/userscale/replay/internal/simulate"
)

// Runner runs replays, and counts them.
type Runner struct {
	T        *testing.T // for the bubbles
	Progress func(Progress)

	mu    sync.Mutex // guards what follows
	began time.Time
	done  int
	seen  int // virtual seconds of what is done
}

// Progress is how far a Runner has come.
type Progress struct {
	Runs    int
	Virtual time.Duration // all that passed in the runs
	Elapsed time.Duration
}

// Scores runs all configurations and returns their scores in the same order. The first error ends it.
func (r *Runner) Scores(ctx context.Context, configs []simulate.Config) ([]score.Scores, error) {
	r.mu.Lock()
	if r.began.IsZero() {
		r.began = time.Now()
	}
	r.mu.Unlock()
	scores := make([]score.Scores, len(configs))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range configs {
		group.Go(func() error {
			run, err := simulate.Run(ctx, r.T, configs[i])
			if err != nil {
				return err
			}
			scores[i] = score.Of(run)
			r.note(len(run.Points))
			return nil
		})
	}
	return scores, group.Wait()
}

func (r *Runner) note(seconds int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done++
	r.seen += seconds
	if r.Progress != nil {
		r.Progress(Progress{r.done, time.Duration(r.seen) * time.Second, time.Since(r.began)})
	}
}

// Seeds returns one configuration for each seed from first on, all of the same policy.
func Seeds(c simulate.Config, first uint64, n int) []simulate.Config {
	configs := make([]simulate.Config, n)
	for i := range configs {
		configs[i] = c
		configs[i].Seed = first + uint64(i)
	}
	return configs
}
