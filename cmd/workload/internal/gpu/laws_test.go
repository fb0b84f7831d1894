package gpu

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// The laws of the executor, whatever the device. A GPU obeys them under `make gpu-check`; here it is the simulated one, and time is virtual.

// near reports whether got is within 5 % of want.
func near(got, want time.Duration) bool {
	return math.Abs(got.Seconds()-want.Seconds()) <= 0.05*want.Seconds()
}

// TestLawOfSharing: n jobs of a second each that come at once take n seconds each, and the GPU is busy all the while.
func TestLawOfSharing(t *testing.T) {
	for _, n := range []int{1, 2, 4, 16} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := run(t, &Simulator{}, n)
				start := time.Now()
				var wg sync.WaitGroup
				for range n {
					wg.Go(func() {
						used, err := e.Do(context.Background(), time.Second)
						if err != nil || !near(used, time.Second) {
							t.Errorf("used %v, %v, want 1s", used, err)
						}
						if took, want := time.Since(start), time.Duration(n)*time.Second; !near(took, want) {
							t.Errorf("took %v, want %v", took, want)
						}
					})
				}
				wg.Wait()
				if busy := e.Stats().Busy.Seconds() / time.Since(start).Seconds(); busy < 0.95 {
					t.Errorf("busy %v of the time, want 0.95 or more", busy)
				}
			})
		})
	}
}

// TestLawOfUtilization: jobs that come at random with rate × work = load keep the GPU busy for min(100 %, load) of two minutes.
func TestLawOfUtilization(t *testing.T) {
	for _, load := range []float64{0.1, 0.5, 0.9, 2} {
		t.Run(fmt.Sprint(load), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const work, length = 100 * time.Millisecond, 2 * time.Minute
				e := run(t, &Simulator{}, 100_000)
				ctx, cancel := context.WithTimeout(context.Background(), length)
				defer cancel()
				offered, measured, readings := offer(ctx, e, load, work), 0., 0.
				for range time.Tick(time.Second) {
					if ctx.Err() != nil {
						break
					}
					measured += e.Stats().Utilization
					readings++
				}
				want := min(1, offered().Seconds()/length.Seconds()) // what chance made of the load
				if busy := e.Stats().Busy.Seconds() / length.Seconds(); math.Abs(busy-want) > 0.05*want {
					t.Errorf("busy %v of the time, want %v", busy, want)
				}
				if got := measured / readings; math.Abs(got-want) > 0.05*want {
					t.Errorf("the mean of the utilisation is %v, want %v", got, want)
				}
			})
		})
	}
}

// offer has jobs come, with exponential gaps, until the context ends. It returns how much work they asked for, once that is so.
func offer(ctx context.Context, e *Executor, load float64, work time.Duration) func() time.Duration {
	var wg sync.WaitGroup
	var total time.Duration
	wg.Go(func() {
		random := rand.New(rand.NewPCG(1, 2))
		for ctx.Err() == nil {
			total += work
			wg.Go(func() { _, _ = e.Do(ctx, work) })
			time.Sleep(time.Duration(random.ExpFloat64() / load * float64(work)))
		}
	})
	return func() time.Duration {
		wg.Wait()
		return total
	}
}

// TestLawOfHalfLoad: a steady half load reads 50 % in every window.
func TestLawOfHalfLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := run(t, &Simulator{}, 2)
		go func() {
			for range 600 {
				_, _ = e.Do(context.Background(), 50*ms)
				time.Sleep(50 * ms)
			}
		}()
		time.Sleep(time.Second)
		for range 590 {
			if got := e.Stats().Utilization; math.Abs(got-0.5) > 0.025 {
				t.Errorf("utilisation = %v, want 0.5", got)
			}
			time.Sleep(99 * ms) // looks at another moment each time
		}
		time.Sleep(2 * time.Second)
	})
}

// TestLawOfFairness: whatever comes and goes, a job gets a slice within as many slices as there are jobs.
func TestLawOfFairness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const capacity, work = 10, 400 * time.Millisecond
		device := &witness{}
		e := NewExecutor(device, capacity)
		device.executor = e
		slicesOfLong, since := 0, 0
		device.started = func(ofLong bool) {
			if since++; !ofLong {
				return
			}
			if slicesOfLong++; since > capacity {
				t.Errorf("slice %d of the long job came after %d others, want %d at most", slicesOfLong, since-1, capacity-1)
			}
			since = 0
		}
		start(t, e)
		began := time.Now()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := e.Do(context.Background(), work); err != nil {
				t.Error(err)
			}
			if took := time.Since(began); took > capacity*work {
				t.Errorf("%v of work took %v among %d jobs: it starved", work, took, capacity)
			}
		})
		random := rand.New(rand.NewPCG(3, 4))
		for time.Since(began) < capacity*work { // far more comes than can be done, and much of it leaves early
			synctest.Wait()
			stay, work := time.Duration(random.IntN(400))*ms, time.Duration(1+random.IntN(200))*ms
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(context.Background(), stay)
				defer cancel()
				_, _ = e.Do(ctx, work)
			})
			time.Sleep(time.Duration(random.IntN(8)) * ms)
		}
		wg.Wait()
		if want := int(work / Slice); slicesOfLong != want {
			t.Errorf("the long job had %d slices, want %d", slicesOfLong, want)
		}
		checkIdle(t, e)
	})
}

// witness is a simulated device that tells whether a slice is the first job's.
type witness struct {
	Simulator
	executor *Executor
	started  func(ofFirst bool)
	first    *job
	given    time.Duration // to the first job
}

func (w *witness) Start(d time.Duration) error {
	w.executor.mu.Lock()
	if w.first == nil {
		w.first = w.executor.jobs[0]
	}
	given := w.first.given
	w.executor.mu.Unlock()
	w.started(given != w.given)
	w.given = given
	return w.Simulator.Start(d)
}
