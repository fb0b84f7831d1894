package command

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"userscale.dev/userscale/localkube/cluster"
)

func newLoad(n *name) *cobra.Command {
	return &cobra.Command{
		Use:     "load IMAGE.tar...",
		Short:   "Give container images to the cluster, from OCI or docker archives",
		Example: `  localkube load out/images/*.tar`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			for _, path := range args {
				if err := load(n.cluster(), path); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func load(c cluster.Cluster, path string) error {
	archive, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("load an image: %w", err)
	}
	defer archive.Close() //nolint:errcheck // nothing was written
	code, err := c.Exec(archive, os.Stdout, os.Stderr, "ctr", "--namespace", "k8s.io", "images", "import", "-")
	if err != nil {
		return fmt.Errorf("load image %s: %w", path, err)
	}
	if code != 0 {
		return fmt.Errorf("load image %s: ctr ended with exit code %d", path, code)
	}
	return nil
}
