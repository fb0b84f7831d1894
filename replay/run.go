package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"userscale.dev/userscale/replay/internal/options"
	"userscale.dev/userscale/replay/internal/policy"
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
	default:
		fmt.Fprintf(stderr, "%q: allowed: run\nreplay --help tells all\n", command)
		return exitUsage
	}
}

// replay runs one policy through one trace.
func replay(ctx context.Context, t *testing.T, args []string, stdout, stderr io.Writer) int {
	p := options.NewParser()
	var world options.World
	var hpa, config string
	p.World(&world)
	p.Text("hpa", "a file with an HPA, autoscaling/v2", &hpa)
	p.Text("config", "a file with an AdapterConfiguration", &config)
	if err := p.Parse(args, "trace", "hpa"); errors.Is(err, options.ErrHelp) {
		fmt.Fprint(stdout, options.Usage)
		return exitOK
	} else if err != nil {
		fmt.Fprintf(stderr, "%v\nreplay --help tells all flags\n", err)
		return exitUsage
	}
	c, err := world.Load()
	if err == nil {
		c.Policy, err = policy.Load(hpa, config)
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitUsage
	}
	c.PolicyName = hpa
	out, err := simulate.Run(ctx, t, c)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitFailed
	}
	for _, d := range out.Decisions {
		fmt.Fprintf(stdout, "%8.1f s  %3d → %3d  %s\n", d.T, d.From, d.To, d.Reason)
	}
	return exitOK
}
