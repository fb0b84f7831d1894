package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

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

// create makes the file that a recording goes to. What is there stays, and what cannot be written is known at once.
func create(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, fmt.Errorf("--out: allowed: a file that is not there yet and can be written: %w", err)
	}
	return file, nil
}

// show shows a report on stdout and writes its files.
func show(r report.Report, files report.Files, stdout, stderr io.Writer) int {
	if err := report.Write(r, stdout, files); err != nil {
		return failed(err, stderr)
	}
	return exitOK
}
