package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"userscale.dev/userscale/loadgen/internal/options"
	"userscale.dev/userscale/loadgen/internal/report"
)

// The exit codes; --help explains them.
const (
	exitOK     = 0
	exitErrors = 1
	exitUsage  = 2
)

// run is the whole program: it parses, loads, reports, and returns the exit code. Cancelling ctx ends the load early.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "report" {
		return runReport(args[1:], stdout, stderr)
	}
	opts, err := options.Parse(args)
	if errors.Is(err, options.ErrHelp) {
		fmt.Fprint(stdout, options.Usage)
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(stderr, "%v\nloadgen --help tells all flags\n", err)
		return exitUsage
	}
	out, err := openOutputs([]destination{{"json", opts.JSON}, {"csv", opts.CSV}, {"html", opts.HTML}}, stdout, stderr) // before the load: its result must not be lost to a bad path
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitUsage
	}
	result := load(ctx, opts, stderr).Result()
	if err := out.write(result.WriteText, formsOf(result)); err != nil {
		fmt.Fprintln(stderr, err)
		return exitErrors
	}
	if result.Errors > 0 || result.Successes == 0 {
		return exitErrors
	}
	return exitOK
}

// load runs the load that was asked for, showing its progress on stderr, and returns what came of it.
func load(ctx context.Context, opts *options.Options, stderr io.Writer) *report.Report {
	client := newClient(opts)
	start := time.Now()
	recorder := newRecorder(opts, start)

	progress, stopProgress := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { report.NewProgress(stderr, recorder, opts.Duration).Run(progress) })
	drive(ctx, opts, start, &counted{client: client, recorder: recorder})
	elapsed := time.Since(start)
	stopProgress()
	wg.Wait()

	return &report.Report{
		Options:     *opts,
		StartTime:   start,
		Elapsed:     elapsed,
		Interrupted: ctx.Err() != nil,
		Connections: client.Connections(),
		Summary:     recorder.Summary(),
		Series:      recorder.Series(start.Add(elapsed)),
	}
}
