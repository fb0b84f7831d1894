// Package gpu runs jobs on one GPU: a real one, by CUDA, or a simulated one, under the same laws.
//
// An Executor has a single goroutine that gives each job in turn a slice of 5 ms. A job ends when the GPU time it was given
// adds up to the work it asked for, so jobs that share the GPU take longer, and utilisation is the arrival rate times the
// work per job, up to 100 %.
package gpu

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Slice is how long a job holds the GPU before it is the next one's turn.
const Slice = 5 * time.Millisecond

// ErrStopped says that the executor no longer runs.
var ErrStopped = errors.New("the GPU executor has stopped")

// Device does the work. Only the executor's goroutine calls it.
type Device interface {
	// Run keeps the GPU busy for about d and returns for how long it really was. After an error the device is of no more use, as a CUDA
	// context is not.
	Run(d time.Duration) (time.Duration, error)
}

// FullError says that the queue has no room for another job.
type FullError struct {
	Capacity   int           // jobs
	RetryAfter time.Duration // estimate of when the first of the present jobs ends
}

// Error implements error.
func (e *FullError) Error() string {
	return fmt.Sprintf("the GPU queue is full: all of its %d places are taken", e.Capacity)
}

// Executor shares a device between jobs. It is safe for concurrent use; NewExecutor makes one and Run makes it work.
type Executor struct {
	device   Device
	capacity int
	wake     chan struct{} // has room for one: "there may be a job"

	mu      sync.Mutex // guards all below
	jobs    []*job     // admitted and unfinished; the first is next, or running
	stopped error      // why no more are admitted; nil as long as they are
	meter   meter
}

type job struct {
	left time.Duration // GPU time still to be given
	used time.Duration // GPU time given so far
	done chan error    // has room for the one result
}

// NewExecutor returns an executor that admits up to capacity jobs at a time, running ones included.
func NewExecutor(device Device, capacity int) *Executor {
	return &Executor{device: device, capacity: capacity, wake: make(chan struct{}, 1)}
}

// Do has the executor give the work its GPU time and returns what it really was given. It returns a *FullError at once if
// there is no room, the context's error if that ends first, ErrStopped, or the device's error if that failed.
func (e *Executor) Do(ctx context.Context, work time.Duration) (time.Duration, error) {
	j, err := e.admit(work)
	if err != nil {
		return 0, err
	}
	select {
	case err := <-j.done:
		return j.used, err
	case <-ctx.Done():
		e.remove(j)
		return 0, fmt.Errorf("waiting for the GPU: %w", ctx.Err())
	}
}

// Run gives slices to jobs until the context ends, when it returns nil, or the device fails, when it returns its error. Call it once.
// Devices are used on one thread of the operating system, since that is what CUDA's state and its waiting belong to.
func (e *Executor) Run(ctx context.Context) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for ctx.Err() == nil {
		worked, err := e.step()
		if err != nil {
			e.stop(err)
			return err
		}
		if worked {
			continue
		}
		select {
		case <-e.wake:
		case <-ctx.Done():
		}
	}
	e.stop(ErrStopped)
	return nil
}

// Stats is what the executor did.
type Stats struct {
	Utilization float64       // share of the last second in which the GPU was busy, 0 to 1
	Busy        time.Duration // GPU time of all finished slices since the start
	Queued      int           // jobs admitted and unfinished, the running one included
	Capacity    int           // jobs
}

// Stats returns what the executor did until now.
func (e *Executor) Stats() Stats {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	return Stats{
		Utilization: e.meter.utilization(now),
		Busy:        e.meter.busy(),
		Queued:      len(e.jobs),
		Capacity:    e.capacity,
	}
}

func (e *Executor) admit(work time.Duration) (*job, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped != nil {
		return nil, e.stopped
	}
	if len(e.jobs) >= e.capacity {
		return nil, &FullError{Capacity: e.capacity, RetryAfter: e.firstEndLocked()}
	}
	j := &job{left: work, done: make(chan error, 1)}
	e.jobs = append(e.jobs, j)
	select {
	case e.wake <- struct{}{}:
	default:
	}
	return j, nil
}

// firstEndLocked estimates when a place comes free: the shortest job needs its time once for each job that it shares with.
func (e *Executor) firstEndLocked() time.Duration {
	shortest := slices.MinFunc(e.jobs, func(a, b *job) int { return int(a.left - b.left) })
	return max(shortest.left, 0) * time.Duration(len(e.jobs))
}

// step runs one slice of the first job and reports whether there was one.
func (e *Executor) step() (bool, error) {
	j, slice := e.begin()
	if j == nil {
		return false, nil
	}
	used, err := e.device.Run(slice)
	e.end(j, used)
	return true, err
}

func (e *Executor) begin() (*job, time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.jobs) == 0 {
		return nil, 0
	}
	e.meter.start(time.Now())
	return e.jobs[0], min(Slice, e.jobs[0].left)
}

func (e *Executor) end(j *job, used time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.meter.stop(time.Now(), used)
	j.used += used
	j.left -= used
	if !e.removeLocked(j) {
		return // cancelled meanwhile
	}
	if j.left <= 0 {
		j.done <- nil
		return
	}
	e.jobs = append(e.jobs, j)
}

func (e *Executor) remove(j *job) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.removeLocked(j)
}

func (e *Executor) removeLocked(j *job) bool {
	i := slices.Index(e.jobs, j)
	if i < 0 {
		return false
	}
	e.jobs = slices.Delete(e.jobs, i, i+1)
	return true
}

// stop ends all jobs with the reason.
func (e *Executor) stop(reason error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stopped = reason
	for _, j := range e.jobs {
		j.done <- reason
	}
	e.jobs = nil
}
