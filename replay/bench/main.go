// Bench is the policy benchmark: it compares policies on recorded and made loads, each with its iso-cost control, and writes what comes
// out, for people into a document between markers, for programs as JSON. `make replay-bench` runs it. With --search it looks for
// settings that lose nowhere instead: `make replay-bench-search`.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// main runs as a test of its own, which is where virtual time is to be had.
func main() {
	var o settings
	flag.StringVar(&o.traces, "traces", "../../shared/traces", "folder of traces, t_seconds,value")
	flag.StringVar(&o.out, "out", "../out/replay-bench", "folder for summary.json or search.json")
	flag.StringVar(&o.document, "document", "../docs/policy-benchmark.md", "file that the tables go into, between markers")
	flag.IntVar(&o.seeds, "seeds", 20, "runs of each policy on each trace")
	flag.DurationVar(&o.longest, "longest", 24*time.Hour, "of a longer trace the busiest stretch of this length is run")
	o.podStarts = []time.Duration{20 * time.Second, time.Minute, 2 * time.Minute}
	flag.Func("pod-starts", "how long pods take to start, in whole seconds (default 20s,1m,2m)", o.setPodStarts)
	flag.BoolVar(&o.goOn, "continue", false, "keep the cells that summary.json has of the same load, pod start and seeds: for a run that was interrupted")
	searching := flag.Bool("search", false, "look for settings that lose nowhere")
	flag.Parse()
	work := o.run
	if *searching {
		work = o.runSearch
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program the hard way
	os.Args = os.Args[:1]
	testing.Main(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: "bench", F: func(t *testing.T) {
		if err := work(ctx, t); err != nil {
			fmt.Fprintln(os.Stderr, "replay-bench:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}}}, nil, nil)
}

func (o *settings) setPodStarts(text string) error {
	o.podStarts = nil
	for part := range strings.SplitSeq(text, ",") {
		d, err := time.ParseDuration(part)
		if err != nil || d < time.Second || d > time.Hour || d%time.Second != 0 {
			return fmt.Errorf("%q: allowed: whole seconds from 1s to 1h, as 20s,1m", part)
		}
		o.podStarts = append(o.podStarts, d)
	}
	return nil
}
