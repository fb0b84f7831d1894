package adapter

import (
	"context"
	"time"

	"k8s.io/klog/v2"

	"userscale.dev/userscale/pkg/sample"
)

// source measures one metric of all pods.
type source interface {
	Collect(ctx context.Context) sample.Batch
}

// recorder takes in what was measured.
type recorder interface {
	Record(now time.Time, b sample.Batch)
}

// loop is the life of one metric: collect, then store; nothing else changes the store's samples.
type loop struct {
	metric   string
	interval time.Duration
	source   source
	recorder recorder
	metrics  *metrics
	ready    *readiness
	failing  bool // the last collection failed as a whole
}

// run collects at once and then once per interval, until ctx ends. A collection that takes longer delays the next one.
func (l *loop) run(ctx context.Context) {
	ticker := time.NewTicker(l.interval)
	defer ticker.Stop()
	for {
		l.tick(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (l *loop) tick(ctx context.Context) {
	start := time.Now()
	batch := l.source.Collect(ctx)
	if ctx.Err() != nil { // shutting down: what failed failed for that
		return
	}
	now := time.Now()
	l.recorder.Record(now, batch)
	l.metrics.observe(batch, now.Sub(start), now)
	l.log(ctx, batch.Err)
	l.ready.collected(l.metric)
}

func (l *loop) log(ctx context.Context, err error) {
	failing := err != nil
	if failing == l.failing {
		return
	}
	l.failing = failing
	logger := klog.FromContext(ctx).WithValues("metric", l.metric)
	if failing {
		logger.Error(err, "Collection fails, values grow old")
	} else {
		logger.Info("Collection works again")
	}
}
