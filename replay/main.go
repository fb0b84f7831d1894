// Replay runs an autoscaling policy through a recorded load in virtual time, with upstream's own HPA controller and the adapter's own
// store. `replay --help` tells how.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// main runs as a test of its own, which is where virtual time is to be had. Nothing of a test shows: the flags are not seen by it, and
// the program ends within.
func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program the hard way
	args := os.Args[1:]
	os.Args = os.Args[:1]
	testing.Main(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: "replay", F: func(t *testing.T) {
		os.Exit(run(ctx, t, args, os.Stdout, os.Stderr))
	}}}, nil, nil)
}
