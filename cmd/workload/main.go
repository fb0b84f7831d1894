// Command workload is the demo application: requests that keep CPU, connections or a GPU busy, and a /metrics that says how
// many users are active. It serves until SIGTERM, drains and exits with 0.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"

	"userscale.dev/userscale/cmd/workload/internal/gpu"
	"userscale.dev/userscale/cmd/workload/internal/options"
	"userscale.dev/userscale/cmd/workload/internal/server"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	err := run(ctx, os.Args[1:])
	if err != nil && !errors.Is(err, pflag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "workload:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	o, err := options.Parse(args, os.Getenv, os.Stdout)
	if err != nil {
		return err
	}
	choice, err := gpu.Open(gpu.Mode(o.GPUMode))
	if err != nil {
		return err
	}
	defer func() {
		if closing := choice.Close(); err == nil { // otherwise it only repeats what is wrong with the GPU
			err = closing
		}
	}()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", o.Listen, err)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	log.Info("Serving", "address", l.Addr().String(), "gpuMode", choice.Mode, "gpuModeReason", choice.Reason)
	return server.New(server.Config{GPU: choice, Log: log, Limits: o.Limits}).Run(ctx, l)
}
