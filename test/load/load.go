// Package load runs the project's load generator as its users do: as a program, stopped by an interrupt.
package load

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

// Run is one running load generator.
type Run struct {
	command *exec.Cmd
	report  string
	log     *os.File
	done    chan struct{}
	err     error
}

// Report is the part of the load generator's JSON report that callers look at.
type Report struct {
	Requests     int64            `json:"requests"`
	ErrorsByKind map[string]int64 `json:"errorsByKind"`
	Series       Series           `json:"series"`
}

// Series is a load second by second.
type Series struct {
	Start   time.Time `json:"startTime"`
	Seconds []Second  `json:"seconds"`
}

// Second is one of them; the last one may have been shorter.
type Second struct {
	InFlight int64            `json:"inFlight"` // requests, at its end
	Errors   map[string]int64 `json:"errors"`   // by kind, in it
}

// limit bounds every load in time, whatever becomes of the program that started it.
const limit = 15 * time.Minute

// Start runs `loadgen args…` and keeps its report and log under dir as NAME.json and NAME.log.
func Start(ctx context.Context, program, dir, name string, args ...string) (*Run, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make a folder for load reports: %w", err)
	}
	log, err := os.Create(filepath.Join(dir, name+".log"))
	if err != nil {
		return nil, fmt.Errorf("make the log of load %s: %w", name, err)
	}
	r := &Run{report: filepath.Join(dir, name+".json"), log: log, done: make(chan struct{})}
	args = append(args, "--duration", limit.String(), "--json", r.report)
	r.command = exec.CommandContext(ctx, program, args...)
	r.command.Stdout, r.command.Stderr = log, log
	r.command.Cancel = func() error { return r.command.Process.Signal(os.Interrupt) }
	if err := r.command.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start load %s: %w", name, err), log.Close())
	}
	go func() {
		r.err = errors.Join(r.command.Wait(), log.Close())
		close(r.done)
	}()
	return r, nil
}

// Stop interrupts the load, waits until it has reported and returns the report. A load that met errors still reports.
func (r *Run) Stop() (Report, error) {
	select {
	case <-r.done:
	default:
		if err := r.command.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return Report{}, fmt.Errorf("interrupt the load generator: %w", err)
		}
		<-r.done
	}
	body, err := os.ReadFile(r.report)
	if err != nil {
		return Report{}, fmt.Errorf("the load generator left no report: %w (%w)", err, r.err)
	}
	var report Report
	if err := json.Unmarshal(body, &report); err != nil {
		return Report{}, fmt.Errorf("decode %s: %w", r.report, err)
	}
	return report, nil
}
