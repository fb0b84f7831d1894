package gpu

import (
	"context"
	"errors"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const ms = time.Millisecond

// run gives the test an executor that works until the test ends.
func run(t *testing.T, device Device, capacity int) *Executor {
	t.Helper()
	e := NewExecutor(device, capacity)
	start(t, e)
	return e
}

func start(t *testing.T, e *Executor) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = e.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
}

// TestJobs runs jobs together and checks when each ends: the GPU is shared slice by slice, so with a simulated GPU the
// times are exact.
func TestJobs(t *testing.T) {
	type job struct{ at, work, took time.Duration }
	tests := []struct {
		name string
		jobs []job
	}{
		{"alone", []job{{at: 0, work: 1000 * ms, took: 1000 * ms}}},
		{"shorter than a slice", []job{{at: 0, work: 1 * ms, took: 1 * ms}}},
		{"not a multiple of a slice", []job{{at: 0, work: 12 * ms, took: 12 * ms}}},
		{"two of the same length", []job{{at: 0, work: 100 * ms, took: 190 * ms}, {at: 0, work: 100 * ms, took: 200 * ms}}},
		{"a short one does not wait for a long one", []job{{at: 0, work: 1000 * ms, took: 1020 * ms}, {at: 502 * ms, work: 20 * ms, took: 43 * ms}}},
		{"one after the other", []job{{at: 0, work: 50 * ms, took: 50 * ms}, {at: 60 * ms, work: 50 * ms, took: 50 * ms}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := run(t, &Simulator{}, 10)
				var wg sync.WaitGroup
				for i, j := range tt.jobs {
					time.Sleep(j.at - min(j.at, tt.jobs[max(i-1, 0)].at))
					wg.Go(func() {
						start := time.Now()
						used, err := e.Do(context.Background(), j.work)
						if err != nil || used != j.work {
							t.Errorf("job %d: used %v, %v, want %v", i, used, err, j.work)
						}
						if took := time.Since(start); took != j.took {
							t.Errorf("job %d took %v, want %v", i, took, j.took)
						}
					})
					synctest.Wait() // admitted before the next
				}
				wg.Wait()
				checkIdle(t, e)
			})
		})
	}
}

func checkIdle(t *testing.T, e *Executor) {
	t.Helper()
	if s := e.Stats(); s.Queued != 0 {
		t.Errorf("Stats() = %+v, want nothing queued", s)
	}
}

func TestFullQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := run(t, &Simulator{}, 2)
		var wg sync.WaitGroup
		for _, work := range []time.Duration{300 * ms, 1000 * ms} {
			wg.Go(func() {
				if _, err := e.Do(context.Background(), work); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		_, err := e.Do(context.Background(), ms)
		var full *FullError
		if !errors.As(err, &full) || full.Capacity != 2 || full.RetryAfter != 600*ms {
			t.Fatalf("err = %#v, want full with 2 places, the next one free in 600ms", err)
		}
		time.Sleep(full.RetryAfter)
		if _, err := e.Do(context.Background(), ms); err != nil {
			t.Errorf("after RetryAfter: %v", err)
		}
		wg.Wait()
	})
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := run(t, &Simulator{}, 2)
		ctx, cancel := context.WithTimeout(context.Background(), 102*ms)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := e.Do(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("err = %v, want the context's", err)
			}
			if s := e.Stats(); s.Queued != 1 {
				t.Errorf("Stats() = %+v, want the place free at once", s)
			}
		})
		synctest.Wait()
		start := time.Now()
		if _, err := e.Do(context.Background(), 200*ms); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took != 260*ms {
			t.Errorf("the other job took %v, want 260ms: every other slice until 110ms, when the last ones in flight are over, then all", took)
		}
		wg.Wait()
	})
}

func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := NewExecutor(&Simulator{}, 2)
		ctx, cancel := context.WithTimeout(context.Background(), 100*ms)
		defer cancel()
		go func() {
			if err := e.Run(ctx); err != nil {
				t.Errorf("Run() = %v, want nil", err)
			}
		}()
		if _, err := e.Do(context.Background(), time.Hour); !errors.Is(err, ErrStopped) {
			t.Errorf("waiting: err = %v, want ErrStopped", err)
		}
		if _, err := e.Do(context.Background(), time.Hour); !errors.Is(err, ErrStopped) {
			t.Errorf("later: err = %v, want ErrStopped", err)
		}
	})
}

// odd is a device whose slices are longer than asked for and that fails when it is used up.
type odd struct {
	Simulator
	left int
}

func (d *odd) Start(s time.Duration) error {
	return d.Simulator.Start(2 * s)
}

func (d *odd) Wait() (time.Duration, error) {
	if d.left == 0 {
		return 0, errors.New("fell off the bus")
	}
	d.left--
	return d.Simulator.Wait()
}

func TestDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := run(t, &odd{left: 3}, 1)
		used, err := e.Do(context.Background(), 15*ms)
		if err != nil || used != 20*ms {
			t.Errorf("used %v, %v, want 20ms: what the slices really took counts", used, err)
		}
	})
}

// TestFailure: a device that failed ends the executor, and everybody learns why.
func TestFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := NewExecutor(&odd{left: 3}, 3)
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if _, err := e.Do(context.Background(), time.Hour); err == nil || err.Error() != "fell off the bus" {
					t.Errorf("waiting: err = %v, want the device's", err)
				}
			})
		}
		synctest.Wait()
		if err := e.Run(context.Background()); err == nil || err.Error() != "fell off the bus" {
			t.Errorf("Run() = %v, want the device's error", err)
		}
		wg.Wait()
		if _, err := e.Do(context.Background(), ms); err == nil || err.Error() != "fell off the bus" {
			t.Errorf("later: err = %v, want the device's", err)
		}
		checkIdle(t, e)
	})
}

// TestUtilization has jobs arrive steadily: utilisation is arrival rate × work, up to 100 %.
func TestUtilization(t *testing.T) {
	tests := []struct {
		name  string
		every time.Duration
		work  time.Duration
		want  float64
	}{
		{"idle", time.Second, 0, 0},
		{"a third", 150 * ms, 50 * ms, 1. / 3},
		{"half", 100 * ms, 50 * ms, 0.5},
		{"just full", 50 * ms, 50 * ms, 1},
		{"overloaded", 50 * ms, 100 * ms, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := run(t, &Simulator{}, 100)
				ctx, cancel := context.WithCancel(context.Background())
				var wg sync.WaitGroup
				for range int(3 * time.Second / tt.every) {
					wg.Go(func() { _, _ = e.Do(ctx, tt.work) })
					time.Sleep(tt.every)
				}
				s := e.Stats()
				if math.Abs(s.Utilization-tt.want) > 0.05 {
					t.Errorf("utilisation = %v, want %v", s.Utilization, tt.want)
				}
				if busy := s.Busy.Seconds() / 3; math.Abs(busy-tt.want) > 0.05 {
					t.Errorf("busy %v of 3s, want %v of it", s.Busy, tt.want)
				}
				cancel()
				wg.Wait()
				time.Sleep(utilizationWindow + InFlight*Slice)
				if s := e.Stats(); s.Utilization != 0 {
					t.Errorf("utilisation = %v a second later, want 0", s.Utilization)
				}
			})
		})
	}
}

func BenchmarkStats(b *testing.B) {
	e := NewExecutor(&Simulator{}, 1)
	now := time.Now()
	for i := range 200 { // a busy second
		e.meter.start(now.Add(time.Duration(i-200) * Slice))
		e.meter.stop(now.Add(time.Duration(i-199)*Slice), Slice)
	}
	b.ReportAllocs()
	for b.Loop() {
		e.Stats()
	}
}
