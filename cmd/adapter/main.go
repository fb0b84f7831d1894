// Command adapter serves metrics of pods to HorizontalPodAutoscalers; see --help.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
	"k8s.io/component-base/logs"

	"userscale.dev/userscale/pkg/adapter"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "adapter: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	options := adapter.NewOptions()
	if err := options.Flags().Parse(args); errors.Is(err, pflag.ErrHelp) {
		return nil
	} else if err != nil {
		return fmt.Errorf("%w (see --help)", err)
	}
	logs.InitLogs()
	defer logs.FlushLogs()
	return options.Run(ctx, os.Getenv)
}
