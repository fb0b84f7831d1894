// Package command is the command line of localkube.
package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"k8s.io/component-base/version"

	"userscale.dev/userscale/localkube/cluster"
	"userscale.dev/userscale/localkube/plan"
)

// Programs are the other programs in this binary.
type Programs struct {
	Main  func(name string) func() int // the named one's main function, which returns the exit code; nil if there is none
	Names []string
}

// Main runs the program that args[0] names, or else the command line, and returns the exit code.
func Main(args []string, programs Programs) int {
	name := filepath.Base(args[0])
	if main := programs.Main(name); main != nil {
		return main()
	}
	if name == cluster.SupervisorName && len(args) == 2 {
		return report(cluster.Supervise(context.Background(), args[1]))
	}
	return report(newRoot(programs).Execute())
}

// exitCode is the error of a command that has said all it had to say, or whose child has.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

func report(err error) int {
	var code exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintln(os.Stderr, "localkube:", err)
	return 1
}

// name is the value of --name, which every command has.
type name string

func (n *name) cluster() cluster.Cluster { return cluster.Named(string(*n)) }

func newRoot(programs Programs) *cobra.Command {
	n := name(plan.DefaultName)
	root := &cobra.Command{
		Use:   "localkube",
		Short: "A real one-node Kubernetes in one binary",
		Long: `localkube runs a real one-node Kubernetes on a bare Linux machine: no container engine, no virtual machine, no registry,
and no trace on the machine's network. All of it lives in namespaces of its own; exec and kubectl enter them.`,
		Example: `  localkube up
  localkube load out/images/adapter.tar
  localkube kubectl get pods -A
  localkube exec -- curl -s http://workload.userscale.svc.cluster.local:8000/healthz
  localkube down`,
		Version:          version.Get().GitVersion + " (of Kubernetes)",
		SilenceErrors:    true,
		SilenceUsage:     true,
		TraverseChildren: true, // so that --name may come before `kubectl`, which leaves all flags behind it to kubectl
		PersistentPreRunE: func(*cobra.Command, []string) error {
			return plan.Options{Name: string(n), HPASyncPeriod: plan.DefaultHPASyncPeriod}.Validate()
		},
	}
	root.PersistentFlags().StringVar((*string)(&n), "name", plan.DefaultName, "which cluster; several can run side by side")
	root.AddCommand(newUp(&n), newDown(&n), newStatus(&n), newExec(&n), newKubectl(&n), newLoad(&n), newLogs(&n), newRun(programs))
	return root
}
