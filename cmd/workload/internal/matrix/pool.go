package matrix

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/semaphore"
)

// FullError says that there is no room for another product.
type FullError struct {
	Capacity int // products
}

// Error implements error.
func (e *FullError) Error() string {
	return fmt.Sprintf("the matrix queue is full: all of its %d places are taken", e.Capacity)
}

// Pool computes as many products at a time as there are cores, in the order of their arrival: more would need more memory and end no
// sooner, and everything else in the process would wait its turn behind them all. It is safe for concurrent use; NewPool makes one.
type Pool struct {
	capacity int
	places   *semaphore.Weighted
	cores    *semaphore.Weighted
}

// NewPool returns a pool that admits up to capacity products at a time, those being computed included.
func NewPool(capacity int) *Pool {
	return &Pool{
		capacity: capacity,
		places:   semaphore.NewWeighted(int64(capacity)),
		cores:    semaphore.NewWeighted(int64(runtime.GOMAXPROCS(0))),
	}
}

// Multiply computes the product of two matrices of the size. It returns a *FullError at once if there is no room, or the context's error
// if that ends first, within milliseconds.
func (p *Pool) Multiply(ctx context.Context, size int) (Result, error) {
	if !p.places.TryAcquire(1) {
		return Result{}, &FullError{Capacity: p.capacity}
	}
	defer p.places.Release(1)
	if err := p.cores.Acquire(ctx, 1); err != nil {
		return Result{}, err
	}
	defer p.cores.Release(1)
	return multiply(ctx, size)
}
