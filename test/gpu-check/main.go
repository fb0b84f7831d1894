// Command gpu-check shows that the workload does what it says on a real GPU of NVIDIA's: it runs the program that has CUDA and asks it over HTTP,
// as its users do. Where there is no GPU it says so and ends with 77. `make gpu-check` builds and runs it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"userscale.dev/userscale/test/summary"
)

// skipped is the exit code for what can't run here.
const skipped = 77

// limit is more than a check can take on a GPU that works.
const limit = 5 * time.Minute

func main() {
	code, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gpu-check:", err)
	}
	os.Exit(code)
}

func run() (exitCode int, err error) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	workload := pflag.String("workload", "bin/workload-cuda", "the program to check")
	out := pflag.String("out", "out/gpu-check", "folder for summary.json")
	simulated := pflag.String("simulated-driver", "", "folder with simulators of the driver's libraries, to check this check; its results say so")
	pflag.Parse()

	c := checker{workload: *workload, plan: full, progress: os.Stdout}
	switch {
	case *simulated != "":
		c.simulate(*simulated)
	case !gpuHere():
		fmt.Println("gpu-check: SKIPPED: there is no NVIDIA GPU here (no /dev/nvidiactl, and no /dev/dxg with a driver in /usr/lib/wsl)")
		return skipped, nil
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return 1, fmt.Errorf("making the folder for the summary: %w", err)
	}
	s := summary.Of(c.run(ctx))
	if err := s.Write(*out); err != nil {
		return 1, err
	}
	if !s.OK {
		return 1, fmt.Errorf("it does not hold; see %s", filepath.Join(*out, "summary.json"))
	}
	fmt.Println("gpu-check: ok,", filepath.Join(*out, "summary.json"))
	return 0, nil
}

// gpuHere looks for a GPU without the help of what is checked: by the device files of the driver, on Linux or below Windows.
func gpuHere() bool {
	if _, err := os.Stat("/dev/nvidiactl"); err == nil {
		return true
	}
	_, device := os.Stat("/dev/dxg")
	_, driver := os.Stat("/usr/lib/wsl/lib/libcuda.so.1")
	return device == nil && driver == nil
}
