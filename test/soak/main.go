// Command soak has thousands of clients, good and bad, visit the demo workload for minutes, and looks at what is left of them when they are
// gone: goroutines, memory, open files.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"userscale.dev/userscale/test/summary"
)

const usage = `Usage: soak [flags]

Runs the demo workload on a port of the loopback interface and sends it clients that ask for the right thing, ask for the wrong thing, leave in
the middle, are slow, or stop reading. Writes summary.json and workload.log to the folder --out.

Exit codes: 0 nothing is left of them, 1 an expectation was not met, 2 the soak could not be run.

Flags:
`

type options struct {
	workload string
	out      string
	clients  int
	duration time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.workload, "workload", "bin/workload", "the workload's binary")
	flag.StringVar(&o.out, "out", "out/soak", "folder for the results")
	flag.IntVar(&o.clients, "clients", 2000, "clients that are connected at a time, 1 to 10000")
	flag.DurationVar(&o.duration, "duration", 10*time.Minute, "how long they visit, 5s to 1h")
	flag.Usage = func() { fmt.Fprint(os.Stderr, usage); flag.PrintDefaults() }
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	summary.Exit("soak", err)
}

func (o options) validate() error {
	var errs []error
	if o.clients < 1 || o.clients > 10_000 {
		errs = append(errs, fmt.Errorf("--clients: %d is not from 1 to 10000", o.clients))
	}
	if o.duration < 5*time.Second || o.duration > time.Hour {
		errs = append(errs, fmt.Errorf("--duration: %v is not from 5s to 1h", o.duration))
	}
	if flag.NArg() > 0 {
		errs = append(errs, fmt.Errorf("unexpected argument %q: only flags are allowed", flag.Arg(0)))
	}
	return errors.Join(errs...)
}
