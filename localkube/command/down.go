package command

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func newDown(n *name) *cobra.Command {
	return &cobra.Command{
		Use:   "down",
		Short: "End the cluster and remove everything of it: processes, namespaces, mounts, cgroups, files",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			began := time.Now()
			if err := n.cluster().Remove(cmd.Context()); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "Cluster %s is down after %.1f s.\n", *n, time.Since(began).Seconds())
			return nil
		},
	}
}
