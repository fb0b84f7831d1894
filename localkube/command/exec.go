package command

import (
	"os"

	"github.com/spf13/cobra"
)

func newExec(n *name) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "exec -- COMMAND [ARG...]",
		Short: "Run a command inside the cluster's namespaces, with KUBECONFIG set and kubectl on PATH",
		Example: `  localkube exec -- kubectl get nodes
  localkube exec -- go test ./e2e/...
  localkube exec bash`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return execute(n, args) },
	}
	cmd.Flags().SetInterspersed(false) // the command's own flags are its own
	return cmd
}

func newKubectl(n *name) *cobra.Command {
	return &cobra.Command{
		Use:   "kubectl [ARG...]",
		Short: "Run the built-in kubectl against the cluster",
		Example: `  localkube kubectl get pods -A
  localkube --name other kubectl top nodes`,
		DisableFlagParsing: true,
		RunE: func(_ *cobra.Command, args []string) error {
			return execute(n, append([]string{"kubectl"}, args...))
		},
	}
}

func execute(n *name, args []string) error {
	code, err := n.cluster().Exec(os.Stdin, os.Stdout, os.Stderr, args...)
	if err == nil && code != 0 {
		err = exitCode(code)
	}
	return err
}
