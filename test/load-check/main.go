// Command load-check holds the load generator against what it promises, as its users run it: it offers as many requests as asked
// for, measures the latencies that a server truly had, shows a server that stalls, counts errors by their kinds, and keeps its users
// apart. Servers are processes of their own. Where wrk and hey are there, they measure the same beside it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"userscale.dev/userscale/test/summary"
)

const usage = `Usage: load-check [flags]

Runs the load generator against servers of its own on the loopback interface, which takes about four minutes, and writes
summary.json to the folder --out. Figures need a machine that has nothing else to do.

Exit codes: 0 every expectation was met, 1 one was not, 2 the check could not be run.

Flags:
`

type options struct {
	loadgen, out string
	only         string
	short        bool
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "serve" {
		summary.Exit("load-check", serve(os.Stdin, os.Stdout, 1))
	}
	o := options{}
	flag.StringVar(&o.loadgen, "loadgen", "bin/loadgen", "the load generator's binary")
	flag.StringVar(&o.out, "out", "out/load-check", "folder for the results")
	flag.StringVar(&o.only, "only", "", "run the parts whose names hold this, such as stalls")
	flag.BoolVar(&o.short, "short", false, "seconds instead of minutes, at lower rates, and counts only: a busy machine does not matter")
	flag.Usage = func() { fmt.Fprint(os.Stderr, usage); flag.PrintDefaults() }
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	summary.Exit("load-check", err)
}
