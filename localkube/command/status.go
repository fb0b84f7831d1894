package command

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"userscale.dev/userscale/localkube/control"
)

func newStatus(n *name) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show how the cluster's components are; the exit code is 0 only if all is well",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c := n.cluster()
			running, err := c.Running()
			if err != nil {
				return err
			}
			if !running {
				return fmt.Errorf("cluster %s is not running", c.Name)
			}
			status, err := control.NewClient(c.Layout.Socket()).Status(cmd.Context())
			if err != nil {
				return err
			}
			if err := printStatus(cmd.OutOrStdout(), status); err != nil {
				return err
			}
			if !status.Healthy() {
				return exitCode(1)
			}
			return nil
		},
	}
}

func printStatus(out io.Writer, s control.Status) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "up for %s\n", s.Up)
	fmt.Fprintln(w, "COMPONENT\tPID\tRESTARTS\tSTATE")
	for _, c := range s.Components {
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", c.Name, c.PID, c.Restarts, state(c.Problem))
	}
	fmt.Fprintln(w, "\nCHECK\tSTATE")
	for _, c := range s.Checks {
		fmt.Fprintf(w, "%s\t%s\n", c.Name, state(c.Problem))
	}
	return w.Flush()
}

func state(problem string) string {
	if problem == "" {
		return "ok"
	}
	return problem
}
