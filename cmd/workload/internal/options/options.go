// Package options holds the settings of the workload: flags, defaults and validation.
package options

import (
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/spf13/pflag"

	"userscale.dev/userscale/cmd/workload/internal/server"
)

const help = `workload is a demo application: its users keep CPU, connections or a (simulated) GPU busy, and it says how many they are.

Usage:
  workload [flags]

Examples:
  workload                                                  # serve on port 8000
  workload --listen 127.0.0.1:8080 --gpu-mode simulate
  curl 'localhost:8000/matrix?size=300'                     # CPU: a matrix product
  curl -N 'localhost:8000/stream?duration_ms=2000'          # a slow answer: one active user for two seconds
  curl 'localhost:8000/gpu_job?work_ms=1000'                # GPU: one second of GPU time
  curl localhost:8000/metrics                               # what it is doing, as JSON
  curl -H 'Accept: text/plain' localhost:8000/metrics       # the same for Prometheus
  curl localhost:8000/healthz

Flags:
`

// Options are the settings of the workload.
type Options struct {
	Listen  string // host:port
	GPUMode string // auto, cuda or simulate
	server.Limits
}

// Parse reads the settings from the arguments (without the program's name) and the environment. It returns pflag.ErrHelp
// after it wrote the help to out, or an error that names every bad setting.
func Parse(args []string, getenv func(string) string, out io.Writer) (Options, error) {
	var o Options
	fs := pflag.NewFlagSet("workload", pflag.ContinueOnError)
	fs.SortFlags = false
	fs.Usage = func() {
		_, _ = io.WriteString(out, help+fs.FlagUsagesWrapped(100))
	}
	o.addFlags(fs, getenv)
	if err := fs.Parse(args); err != nil {
		return Options{}, err
	}
	if window := getenv("USER_WINDOW"); window != "" && !fs.Changed("user-window") {
		if err := fs.Set("user-window", window); err != nil {
			return Options{}, fmt.Errorf("$USER_WINDOW: %q is not a duration such as 30s", window)
		}
	}
	if fs.NArg() > 0 {
		return Options{}, fmt.Errorf("unexpected argument %q: only flags are allowed", fs.Arg(0))
	}
	return o, o.validate()
}

func (o *Options) addFlags(fs *pflag.FlagSet, getenv func(string) string) {
	mode := getenv("GPU_MODE")
	if mode == "" {
		mode = "auto"
	}
	fs.StringVar(&o.Listen, "listen", "0.0.0.0:8000", "address to serve on, `host:port`")
	fs.StringVar(&o.GPUMode, "gpu-mode", mode,
		"auto, cuda or simulate: auto simulates where CUDA cannot be used; the default comes from $GPU_MODE if that is set")
	fs.IntVar(&o.GPUQueue, "gpu-queue", 64, "GPU jobs admitted at a time, running ones included; more get 503")
	fs.IntVar(&o.MaxSize, "max-size", 1000, "largest size that /matrix accepts; on each core a product needs about 1024·size bytes")
	fs.IntVar(&o.MatrixQueue, "matrix-queue", 256,
		"matrix products admitted at a time; as many as there are cores are computed, more than admitted get 503")
	fs.DurationVar(&o.MaxStream, "max-stream", 10*time.Minute, "longest duration_ms that /stream accepts")
	fs.DurationVar(&o.MaxGPUWork, "max-gpu-work", time.Minute, "largest work_ms that /gpu_job accepts")
	fs.DurationVar(&o.UserWindow, "user-window", 30*time.Second,
		"how long a user who says who it is stays active after a request; the default comes from $USER_WINDOW if that is set")
	fs.DurationVar(&o.DrainSettle, "drain-settle", 5*time.Second,
		"after SIGTERM, keep serving at least this long: endpoints take a while to learn of it")
	fs.DurationVar(&o.GracePeriod, "grace-period", 30*time.Second,
		"after SIGTERM, be gone within this time; match terminationGracePeriodSeconds, less what a preStop hook takes")
}

func (o *Options) validate() error {
	var errs []error
	if _, _, err := net.SplitHostPort(o.Listen); err != nil {
		errs = append(errs, fmt.Errorf("--listen: %q is not host:port: %w", o.Listen, err))
	}
	switch o.GPUMode {
	case "auto", "cuda", "simulate":
	default:
		errs = append(errs, fmt.Errorf("--gpu-mode or $GPU_MODE: %q is not one of auto, cuda, simulate", o.GPUMode))
	}
	errs = append(errs,
		within("--gpu-queue", o.GPUQueue, 1, 100_000),
		within("--max-size", o.MaxSize, 1, 10_000),
		within("--matrix-queue", o.MatrixQueue, 1, 100_000),
		within("--max-stream", o.MaxStream, time.Millisecond, 24*time.Hour),
		within("--max-gpu-work", o.MaxGPUWork, time.Millisecond, time.Hour),
		within("--user-window or $USER_WINDOW", o.UserWindow, 0, time.Hour),
		within("--grace-period", o.GracePeriod, 3*time.Second, time.Hour),
		within("--drain-settle", o.DrainSettle, 0, max(o.GracePeriod, 0)),
	)
	return errors.Join(errs...)
}

func within[T int | time.Duration](field string, value, low, high T) error {
	if value < low || value > high {
		return fmt.Errorf("%s: %v is not from %v to %v", field, value, low, high)
	}
	return nil
}
