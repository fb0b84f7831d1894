package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"testing"

	"userscale.dev/userscale/replay/internal/options"
	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/report"
	"userscale.dev/userscale/replay/internal/simulate"
)

// The exit codes; --help explains them.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// run is the whole program: it picks the command and returns the exit code.
func run(ctx context.Context, t *testing.T, args []string, stdout, stderr io.Writer) int {
	command, rest := "run", args
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		command, rest = args[0], args[1:]
	}
	switch command {
	case "run":
		return replay(ctx, t, rest, stdout, stderr)
	case "compare":
		return comparePolicies(ctx, t, rest, stdout, stderr)
	case "search":
		return searchPolicies(ctx, t, rest, stdout, stderr)
	case "record":
		return recordTrace(ctx, rest, stdout, stderr)
	case "watch":
		return watchHPA(ctx, rest, stdout, stderr)
	case "verify":
		return verifyRecording(ctx, t, rest, stdout, stderr)
	default:
		return usage(fmt.Errorf("%q: allowed: run, compare, search, record, watch or verify", command), stdout, stderr)
	}
}

// replay runs one policy through one trace.
func replay(ctx context.Context, t *testing.T, args []string, stdout, stderr io.Writer) int {
	var o options.Run
	if err := o.Parse(args); err != nil {
		return usage(err, stdout, stderr)
	}
	c, err := o.World.Load()
	if err == nil {
		c.Policy, err = policy.Load(o.HPA, o.Config)
	}
	if err != nil {
		return usage(err, stdout, stderr)
	}
	c.PolicyName = o.HPA
	// The goroutines of one simulation take turns: to wake another processor's thread for each turn costs more than it brings.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	finished := watch(&c, stderr)
	out, err := simulate.Run(ctx, t, c)
	finished()
	if err != nil {
		return failed(err, stderr)
	}
	return show(report.OfRun(out), o.Files, stdout, stderr)
}
