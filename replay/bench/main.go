// Bench is the policy benchmark: it compares policies on recorded loads, each with its iso-cost control, and writes what comes out,
// for people into a document between markers, for programs into summary.json. `make replay-bench` runs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"
)

// main runs as a test of its own, which is where virtual time is to be had.
func main() {
	var o settings
	flag.StringVar(&o.traces, "traces", "../../shared/traces", "folder of traces, t_seconds,value")
	flag.StringVar(&o.out, "out", "../out/replay-bench", "folder for summary.json")
	flag.StringVar(&o.document, "document", "../docs/policy-benchmark.md", "file that the tables go into, between markers")
	flag.IntVar(&o.seeds, "seeds", 20, "runs of each policy on each trace")
	flag.DurationVar(&o.longest, "longest", 24*time.Hour, "of a longer trace the busiest stretch of this length is run")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program the hard way
	os.Args = os.Args[:1]
	testing.Main(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: "bench", F: func(t *testing.T) {
		if err := o.run(ctx, t); err != nil {
			fmt.Fprintln(os.Stderr, "replay-bench:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}}}, nil, nil)
}
