package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"userscale.dev/userscale/replay/internal/options"
	"userscale.dev/userscale/replay/internal/report"
)

// usage says what is wrong with what was asked for, or all that can be asked for.
func usage(err error, stdout, stderr io.Writer) int {
	if errors.Is(err, options.ErrHelp) {
		fmt.Fprint(stdout, options.Usage)
		return exitOK
	}
	fmt.Fprintf(stderr, "%v\nreplay --help tells all flags\n", err)
	return exitUsage
}

func failed(err error, stderr io.Writer) int {
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted: there is no result")
	}
	fmt.Fprintln(stderr, err)
	return exitFailed
}

// show shows a report on stdout and writes its files.
func show(r report.Report, files report.Files, stdout, stderr io.Writer) int {
	if err := report.Write(r, stdout, files); err != nil {
		return failed(err, stderr)
	}
	return exitOK
}
