package command

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"userscale.dev/userscale/localkube/plan"
)

func newLogs(n *name) *cobra.Command {
	return &cobra.Command{
		Use:   "logs COMPONENT",
		Short: "Show the log of a component, or of the supervisor",
		Example: `  localkube logs kube-apiserver
  localkube logs supervisor`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return showLog(cmd.OutOrStdout(), n.cluster().Layout, args[0])
		},
	}
}

func showLog(out io.Writer, l plan.Layout, component string) error {
	log, err := os.Open(l.Log(filepath.Base(component)))
	if err != nil {
		return fmt.Errorf("show a log (there are %s): %w", strings.Join(logNames(l), ", "), err)
	}
	defer log.Close() //nolint:errcheck // nothing was written
	if _, err := io.Copy(out, log); err != nil {
		return fmt.Errorf("show the log of %s: %w", component, err)
	}
	return nil
}

// logNames returns the names of the components that have a log.
func logNames(l plan.Layout) []string {
	paths, _ := filepath.Glob(l.Log("*")) // the only possible error is a bad pattern
	names := []string{}
	for _, path := range paths {
		names = append(names, strings.TrimSuffix(filepath.Base(path), ".log"))
	}
	return names
}
