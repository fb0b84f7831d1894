// Command demo deploys Userscale and its demo workload into a cluster and plays one staircase of load on it: steady users, a
// short spike, more users, GPU jobs, CPU work, quiet. It says at each step what is expected and whether it happened.
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

const usage = `Usage: localkube exec -- demo [flags]

Deploys the demo overlay into the cluster that KUBECONFIG names, plays the demo's load on it and writes
summary.json, timeline.csv, timeline.html and timeline.json to the folder --out.

Exit codes: 0 every expectation was met, 1 one was not, 2 the demo could not be run.

Flags:
`

func main() {
	o := options{}
	flag.StringVar(&o.overlay, "overlay", "manifests/overlays/demo", "kustomize folder to deploy")
	flag.StringVar(&o.loadgen, "loadgen", "bin/loadgen", "the load generator's binary")
	flag.StringVar(&o.out, "out", "out/demo", "folder for the results")
	flag.Usage = func() { fmt.Fprint(os.Stderr, usage); flag.PrintDefaults() }
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	summary.Exit("demo", err)
}
