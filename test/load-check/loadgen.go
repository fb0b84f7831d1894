package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// result is what is looked at of the load generator's JSON.
type result struct {
	Requests, Successes, Errors, CutOff int64
	Interrupted                         bool
	ErrorsByKind                        map[string]int64
	ElapsedSeconds, CPUSeconds          float64
	LatencySeconds                      struct{ All, Late latency }
	Scenarios                           []struct {
		Name     string
		Requests int64
	}
	Series struct {
		Seconds []struct {
			Planned                         float64
			Offered, Started, Ended, CutOff int64
			Errors                          map[string]int64
		}
	}
}

// latency is in seconds.
type latency struct{ Mean, P50, P90, P95, P99, Max float64 }

// load runs the load generator to its end. A load with errors is a result too.
func (c *check) load(ctx context.Context, name, path string, args ...string) (result, error) {
	command, file := c.command(ctx, name, path, args...)
	if err := command.Run(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 {
			return result{}, fmt.Errorf("load %s: %w: see %s.log", name, err, file)
		}
	}
	return read(file)
}

// command is the load generator, ready to start. Its output goes to a log beside its result, whose name is returned too.
func (c *check) command(ctx context.Context, name, path string, args ...string) (*exec.Cmd, string) {
	file := filepath.Join(c.out, name+".json")
	all := append([]string{"--scenario", "matrix", "--target", c.server.url + path, "--json", file}, args...)
	command := exec.CommandContext(ctx, c.loadgen, all...)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
	if log, err := os.Create(filepath.Join(c.out, name+".log")); err == nil { // without a log there is still the result
		command.Stdout, command.Stderr = log, log
	}
	return command, file
}

func read(file string) (result, error) {
	var r result
	text, err := os.ReadFile(file)
	if err != nil {
		return r, fmt.Errorf("the load left no result: %w", err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("decode %s: %w", file, err)
	}
	return r, nil
}
