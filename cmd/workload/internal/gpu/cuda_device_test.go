//go:build linux

package gpu

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"userscale.dev/userscale/cmd/workload/internal/gpu/cuda"
	"userscale.dev/userscale/cmd/workload/internal/gpu/simulator"
)

// TestCUDADevice has the executor use a CUDA device, on the simulated driver.
func TestCUDADevice(t *testing.T) {
	file, _ := simulator.Build(t)
	driver := simulator.Load(t, file)
	for _, test := range []struct {
		name string
		run  func(*testing.T, string, simulator.CUDA)
	}{
		{"slices in flight", testSlicesInFlight},
		{"failure", testCUDAFailure},
		{"jobs", testCUDAJobs},
	} {
		t.Run(test.name, func(t *testing.T) {
			driver.Reset()
			test.run(t, file, driver)
		})
	}
}

func openSimulated(t *testing.T, file string) *cuda.Device {
	t.Helper()
	d, err := cuda.Open([]string{file})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// testSlicesInFlight: the device has room for what the executor gives it, and for no more.
func testSlicesInFlight(t *testing.T, file string, _ simulator.CUDA) {
	d := openSimulated(t, file)
	defer d.Close()
	for i := range InFlight + 1 {
		if err := d.Start(ms); (err != nil) != (i == InFlight) {
			t.Errorf("slice %d: %v, want room for %d", i+1, err, InFlight)
		}
	}
}

// testCUDAFailure: all learn what the driver said.
func testCUDAFailure(t *testing.T, file string, driver simulator.CUDA) {
	d := openSimulated(t, file)
	defer d.Close()
	e := NewExecutor(d, 2)
	driver.Fail("cuEventSynchronize", 700, 3)
	failed := make(chan error, 1)
	go func() { failed <- e.Run(context.Background()) }()
	want := "cuEventSynchronize: CUDA_ERROR_ILLEGAL_ADDRESS (an illegal memory access was encountered)"
	if _, err := e.Do(context.Background(), time.Minute); err == nil || err.Error() != want {
		t.Errorf("Do() = %v, want %s", err, want)
	}
	if err := <-failed; err == nil || err.Error() != want {
		t.Errorf("the executor's Run() = %v, want %s", err, want)
	}
}

// testCUDAJobs has a thousand jobs come and go, some of which leave early, while Go's collector runs: no memory of either side goes astray.
func testCUDAJobs(t *testing.T, file string, driver simulator.CUDA) {
	d := openSimulated(t, file)
	e := NewExecutor(d, 8)
	ctx, cancel := context.WithCancel(context.Background())
	var executor, users sync.WaitGroup
	executor.Go(func() {
		if err := e.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	before := driver.Memory()
	for user := range 8 {
		users.Go(func() {
			random := rand.New(rand.NewPCG(5, uint64(user)))
			for job := range 125 {
				work := time.Duration(random.IntN(2000)) * time.Microsecond
				patience := time.Minute
				if job%5 == 0 {
					patience = time.Duration(random.IntN(2000)) * time.Microsecond
				}
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				used, err := e.Do(ctx, work)
				cancel()
				if err == nil && used < work-time.Microsecond || err != nil && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("a job of %v: used %v, %v", work, used, err)
				}
				if job%10 == 0 {
					runtime.GC()
				}
			}
		})
	}
	users.Wait()
	if after := driver.Memory(); after != before {
		t.Errorf("%d bytes of device memory are in use, and %d were before", after, before)
	}
	if n := driver.Launches(); n < 800 {
		t.Errorf("%d launches, want one or more for each of the 800 jobs that were not to leave", n)
	}
	if s := e.Stats(); s.Queued != 0 || s.Busy == 0 {
		t.Errorf("Stats() = %+v, want nothing queued and some time", s)
	}
	cancel()
	executor.Wait()
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if wrong := driver.Left() + driver.Complaints(); wrong != "" {
		t.Errorf("in the end the driver says: %s", wrong)
	}
}
