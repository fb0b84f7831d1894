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

// InFlight is how many slices a device has at a time: one that it works on and the next. So it goes on without a pause, however late the
// executor learns that a slice is over.
const InFlight = 2

// Device does the work. Only the executor's goroutine calls it. After an error it is of no more use, as a CUDA context is not.
type Device interface {
	// Start has the GPU work for about d, once it is through with what was started before. InFlight slices at most are not over yet.
	Start(d time.Duration) error
	// Wait returns when the oldest slice that was started is over, and for how long the GPU really worked on it.
	Wait() (time.Duration, error)
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

	mu       sync.Mutex // guards all below
	jobs     []*job     // admitted and unfinished, in the order of their turns
	inFlight int        // slices
	stopped  error      // why no more are admitted; nil as long as they are
	meter    meter
}

type job struct {
	work     time.Duration // GPU time asked for
	used     time.Duration // GPU time of its slices that are over
	given    time.Duration // the same, and what those in flight are to take
	inFlight int           // slices
	done     chan error    // has room for the one result
}

// slice is a job's turn.
type slice struct {
	job    *job
	length time.Duration
}

// NewExecutor returns an executor that admits up to capacity jobs at a time, running ones included.
func NewExecutor(device Device, capacity int) *Executor {
	return &Executor{device: device, capacity: capacity, wake: make(chan struct{}, 1)}
}

// Do has the executor give the work its GPU time and returns what it really was given. It returns a *FullError at once if
// there is no room, the context's error if that ends first, ErrStopped, or the device's error if that failed. Work is more than 0.
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
	err := e.run(ctx)
	if err != nil {
		e.stop(err)
	} else {
		e.stop(ErrStopped)
	}
	return err
}

func (e *Executor) run(ctx context.Context) error {
	var started []slice // and not over, the oldest first
	for {
		for len(started) < InFlight && ctx.Err() == nil {
			s, ok := e.next()
			if !ok {
				break
			}
			if err := e.device.Start(s.length); err != nil {
				return err
			}
			started = append(started, s)
		}
		if len(started) == 0 {
			select {
			case <-e.wake:
				continue
			case <-ctx.Done():
				return nil
			}
		}
		used, err := e.device.Wait()
		if err != nil {
			return err
		}
		e.end(started[0], used)
		started = started[1:]
	}
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
	j := &job{work: work, done: make(chan error, 1)}
	e.jobs = append(e.jobs, j)
	select {
	case e.wake <- struct{}{}:
	default:
	}
	return j, nil
}

// firstEndLocked estimates when a place comes free: the shortest job needs its time once for each job that it shares with.
func (e *Executor) firstEndLocked() time.Duration {
	shortest := e.jobs[0].work - e.jobs[0].used
	for _, j := range e.jobs {
		shortest = min(shortest, j.work-j.used)
	}
	return max(shortest, 0) * time.Duration(len(e.jobs))
}

// next takes the next job's turn, if there is one that has not got all its time. A job that has a slice in flight waits for those without.
func (e *Executor) next() (slice, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	i := slices.IndexFunc(e.jobs, func(j *job) bool { return j.given < j.work && j.inFlight == 0 })
	if i < 0 {
		i = slices.IndexFunc(e.jobs, func(j *job) bool { return j.given < j.work })
	}
	if i < 0 {
		return slice{}, false
	}
	j := e.jobs[i]
	e.jobs = append(slices.Delete(e.jobs, i, i+1), j)
	length := min(Slice, j.work-j.given)
	j.given += length
	j.inFlight++
	if e.inFlight++; e.inFlight == 1 {
		e.meter.start(time.Now())
	}
	return slice{j, length}, true
}

// end notes that a slice is over, and its job if that was the last one of it.
func (e *Executor) end(s slice, used time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	e.meter.stop(now, used)
	if e.inFlight--; e.inFlight > 0 {
		e.meter.start(now)
	}
	j := s.job
	j.used += used
	j.given += used - s.length
	j.inFlight--
	if j.given >= j.work && j.inFlight == 0 && e.removeLocked(j) { // otherwise it was cancelled meanwhile
		j.done <- nil
	}
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
