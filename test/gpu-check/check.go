package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"userscale.dev/userscale/test/summary"
)

// plan is how much of everything is done.
type plan struct {
	alone time.Duration // GPU time of each of three jobs, one after the other
	four  time.Duration // GPU time of each of four jobs at once
	half  time.Duration // of half load
	jobs  int           // after which no device memory may be missing
}

var full = plan{alone: time.Second, four: 2500 * time.Millisecond, half: time.Minute, jobs: 1000}

// checker plays the plan. What it finds is in checks, and on progress as it goes.
type checker struct {
	workload    string
	environment []string
	plan        plan
	progress    io.Writer
	prefix      string // of the names of all checks
	checks      []summary.Check
}

// simulate has the workload load simulators of the driver instead of the driver: all results say so.
func (c *checker) simulate(libraries string) {
	c.environment = append(c.environment, "LD_LIBRARY_PATH="+libraries)
	c.prefix = "SIMULATED, NO GPU: "
}

func (c *checker) run(ctx context.Context) []summary.Check {
	c.say("%s with GPU_MODE=cuda", c.workload)
	c.working(ctx)
	c.say("the same without a GPU, by CUDA_VISIBLE_DEVICES=")
	c.refuses(ctx)
	c.fallsBack(ctx)
	return c.checks
}

// working checks a workload that has a GPU.
func (c *checker) working(ctx context.Context) {
	w, err := c.start(ctx, "GPU_MODE=cuda")
	if err != nil {
		c.failed("starts", "a GPU", err)
		return
	}
	if w.url == "" {
		stderr, _ := w.stop()
		c.found(summary.Check{Name: "starts", Want: "a GPU", Got: lastLine(stderr)})
		return
	}
	m, err := w.metrics(ctx)
	c.found(summary.Check{
		Name: "starts", Want: "a GPU", Got: strings.TrimSpace(m.GPU.Device.Name + " " + m.GPU.Device.UUID),
		OK: err == nil && m.GPU.Mode == "cuda" && m.GPU.Device.Name != "" && m.GPU.Device.UUID != "",
	})
	for _, phase := range []struct {
		what string
		play func(context.Context, *workload) error
	}{
		{fmt.Sprintf("three jobs of %v, one after the other", c.plan.alone), c.alone},
		{fmt.Sprintf("four jobs of %v at once: about %v", c.plan.four, 4*c.plan.four), c.four},
		{fmt.Sprintf("half load for %v", c.plan.half), c.halfLoad},
		{fmt.Sprintf("%d short jobs, 8 at a time", c.plan.jobs), c.many},
	} {
		c.say("%s", phase.what)
		if err := phase.play(ctx, w); err != nil {
			c.failed(phase.what, "done", err)
		}
	}
	stderr, err := w.stop()
	c.found(summary.Check{Name: "ends", Want: "exit code 0", Got: ended(stderr, err), OK: err == nil})
}

// refuses: without a GPU, GPU_MODE=cuda fails at the start with the reason.
func (c *checker) refuses(ctx context.Context) {
	w, err := c.start(ctx, "GPU_MODE=cuda", "CUDA_VISIBLE_DEVICES=")
	if err != nil {
		c.failed("cuda without a GPU", "fails with the reason", err)
		return
	}
	serves := w.url != ""
	stderr, err := w.stop()
	reason := lastLine(stderr)
	c.found(summary.Check{
		Name: "cuda without a GPU", Want: "fails with the reason", Got: ended(stderr, err),
		OK: !serves && err != nil && strings.Contains(reason, "CUDA_ERROR_NO_DEVICE") && strings.Contains(reason, "CUDA_VISIBLE_DEVICES"),
	})
}

// fallsBack: without a GPU, GPU_MODE=auto simulates and says so.
func (c *checker) fallsBack(ctx context.Context) {
	const name, want = "auto without a GPU", "simulates, and the reason is in /metrics"
	w, err := c.start(ctx, "GPU_MODE=auto", "CUDA_VISIBLE_DEVICES=")
	if err != nil {
		c.failed(name, want, err)
		return
	}
	m, err := w.metrics(ctx)
	if err != nil {
		c.failed(name, want, err)
	} else {
		ok := m.GPU.Mode == "simulate" && strings.Contains(m.GPU.Reason, "CUDA_ERROR_NO_DEVICE")
		c.found(summary.Check{Name: name, Want: want, Got: m.GPU.Mode + ": " + m.GPU.Reason, OK: ok})
	}
	if _, err := w.stop(); err != nil {
		c.failed(name, "ends with exit code 0", err)
	}
}

func (c *checker) start(ctx context.Context, environment ...string) (*workload, error) {
	return start(ctx, c.workload, append(append([]string(nil), c.environment...), environment...)...)
}

func (c *checker) say(format string, arguments ...any) {
	fmt.Fprintf(c.progress, "gpu-check: "+c.prefix+format+"\n", arguments...)
}

func (c *checker) found(check summary.Check) {
	check.Name = c.prefix + check.Name
	c.checks = append(c.checks, check)
	summary.Print(c.progress, []summary.Check{check})
}

// within checks a number that is known.
func (c *checker) within(name string, got, least, most float64, unit string) {
	c.found(summary.Check{
		Name: name, Want: fmt.Sprintf("%.4g to %.4g", least, most), Got: fmt.Sprintf("%.4g", got), Unit: unit,
		OK: got >= least && got <= most,
	})
}

func (c *checker) failed(name, want string, err error) {
	c.found(summary.Check{Name: name, Want: want, Got: err.Error()})
}

// ended is what a program ended with, and the last that it said if that was not well.
func ended(stderr string, err error) string {
	if err == nil {
		return "exit code 0"
	}
	return err.Error() + ": " + lastLine(stderr)
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
