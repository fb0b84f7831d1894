package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"userscale.dev/userscale/loadgen/internal/profile"
)

const ms = time.Millisecond

// load is a load of one scenario that starts now and lasts so long.
func load(p profile.Profile, duration time.Duration) Load {
	return Load{Profile: p, Start: time.Now(), Duration: duration, Mix: NewMix(1), Seed: 1}
}

// fakeTarget answers each request after latency, in the fake time of a synctest bubble, and notes what it saw.
type fakeTarget struct {
	latency  time.Duration
	declines bool // answers nothing at all

	mu        sync.Mutex // guards everything below
	begin     time.Time
	starts    []time.Duration // since begin
	late      []time.Duration // start minus due
	users     map[int]int     // requests by user
	scenarios map[int]int     // requests by scenario
	inFlight  int
	most      int
	cut       int
	skipped   int
}

func newFakeTarget(latency time.Duration) *fakeTarget {
	return &fakeTarget{latency: latency, begin: time.Now(), users: map[int]int{}, scenarios: map[int]int{}}
}

func (f *fakeTarget) Send(ctx context.Context, r Request) bool {
	f.mu.Lock()
	f.starts = append(f.starts, time.Since(f.begin))
	f.late = append(f.late, time.Since(r.Due))
	f.users[r.User]++
	f.scenarios[r.Scenario]++
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

func (f *fakeTarget) Skip(Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.skipped++
}

func (f *fakeTarget) now() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.inFlight
}

func (f *fakeTarget) offered() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.starts) + f.skipped
}

func (f *fakeTarget) sortedStarts() []time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(slices.Values(f.starts))
}
