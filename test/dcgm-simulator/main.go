// Command dcgm-simulator stands in for NVIDIA's dcgm-exporter on machines without GPUs. It shows the simulated GPU use of the
// demo workload's pods under the names, labels and units of the real one, so that a real Prometheus and the adapter's real query
// are tried. What it shows is no measurement of any GPU.
package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil)).With("program", "dcgm-simulator")
	err := run(ctx, os.Args[1:], logger)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		logger.Error("Simulator failed", "err", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}
