package main

import (
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"userscale.dev/userscale/test/summary"
)

// short is a plan whose figures say nothing: only that all is looked at, and what is amiss is noticed.
var short = plan{alone: 50 * time.Millisecond, four: 100 * time.Millisecond, half: time.Second, jobs: 30}

// TestCheck runs the check on a simulated driver: as it should be, and broken in the ways that the check is there to find. A busy machine can
// make figures of time worse, so that only what it can't break is expected to hold.
func TestCheck(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("the simulators of the NVIDIA driver are in C, and there is no gcc here")
	}
	dir := t.TempDir()
	output(t, exec.Command("../../cmd/workload/internal/gpu/simulator/driver/build.sh", dir))
	workload := filepath.Join(dir, "workload-cuda")
	build := exec.Command("go", "build", "-tags", "cuda", "-o", workload, "./cmd/workload")
	build.Dir = "../.."
	build.Env = append(build.Environ(), "CGO_ENABLED=0")
	output(t, build)

	tests := []struct {
		name, environment string
		holds, fails      []string // names of checks
	}{
		{
			"sound", "",
			[]string{
				"starts", "device memory after 30 jobs", "ends", "cuda without a GPU", "auto without a GPU",
			}, nil,
		},
		{"memory leaks", "CUDA_SIMULATOR_LEAK=1024", []string{"starts", "ends"}, []string{"device memory after 30 jobs"}},
		{"waiting spins", "CUDA_SIMULATOR_SPIN=1", nil, []string{"four at once: CPU of the process", "half load: CPU of the process"}},
		{"slices are too long", "CUDA_SIMULATOR_IDLE=30000000", nil, []string{"alone: GPU time of a job of 50ms", "four at once: NVML"}},
		{"NVML is silent", "NVML_SIMULATOR_FAIL=nvmlInit_v2=9", nil, []string{"four at once: NVML", "half load: NVML", "device memory after 30 jobs"}},
		{"no driver can start", "CUDA_SIMULATOR_FAIL=cuMemAlloc_v2=2@1", nil, []string{"starts"}},
		{"the GPU fails", "CUDA_SIMULATOR_FAIL=cuLaunchKernel=719@5", nil, []string{"three jobs of 50ms, one after the other", "ends"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := checker{workload: workload, plan: short, progress: t.Output()}
			c.simulate(dir)
			if tt.environment != "" {
				c.environment = append(c.environment, tt.environment)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
			defer cancel()
			s := summary.Of(c.run(ctx))
			ok := map[string][]bool{}
			for _, check := range s.Checks {
				name, said := strings.CutPrefix(check.Name, "SIMULATED, NO GPU: ")
				if !said {
					t.Errorf("%q does not say that it is of a simulated GPU", check.Name)
				}
				ok[name] = append(ok[name], check.OK)
			}
			for _, name := range tt.holds {
				if len(ok[name]) == 0 || slices.Contains(ok[name], false) {
					t.Errorf("%s: %v, want that it holds", name, ok[name])
				}
			}
			for _, name := range tt.fails {
				if len(ok[name]) == 0 || slices.Contains(ok[name], true) {
					t.Errorf("%s: %v, want that it does not hold", name, ok[name])
				}
			}
			if tt.fails != nil && s.OK {
				t.Error("the check as a whole holds, want that it does not")
			}
		})
	}
}

func output(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", c, err, out)
	}
}
