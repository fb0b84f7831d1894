package engine

import (
	"context"
	"slices"
	"sync"
	"time"
)

// fakeTarget answers each request after latency, in the fake time of a synctest bubble, and notes what it saw.
type fakeTarget struct {
	latency  time.Duration
	declines bool // answers nothing at all

	mu       sync.Mutex // guards everything below
	begin    time.Time
	starts   []time.Duration // since begin
	late     []time.Duration // start minus due
	inFlight int
	most     int
	cut      int
	skipped  int
}

func newFakeTarget(latency time.Duration) *fakeTarget {
	return &fakeTarget{latency: latency, begin: time.Now()}
}

func (f *fakeTarget) Send(ctx context.Context, due time.Time) bool {
	f.mu.Lock()
	f.starts = append(f.starts, time.Since(f.begin))
	f.late = append(f.late, time.Since(due))
	f.inFlight++
	f.most = max(f.most, f.inFlight)
	f.mu.Unlock()

	answered := sleep(ctx, f.latency)

	f.mu.Lock()
	defer f.mu.Unlock()
	f.inFlight--
	if !answered {
		f.cut++
	}
	return answered && !f.declines
}

func (f *fakeTarget) Skip(time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.skipped++
}

func (f *fakeTarget) now() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.inFlight
}

func (f *fakeTarget) sortedStarts() []time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(slices.Values(f.starts))
}
