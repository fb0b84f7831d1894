package command

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func newRun(programs Programs) *cobra.Command {
	return &cobra.Command{
		Use:                "run COMPONENT [ARG...]",
		Short:              "Be one of the cluster's programs, such as kube-apiserver or etcd",
		Example:            `  localkube run kube-controller-manager --help`,
		Args:               cobra.MinimumNArgs(1),
		DisableFlagParsing: true,
		RunE: func(_ *cobra.Command, args []string) error {
			main := programs.Main(args[0])
			if main == nil {
				return fmt.Errorf("no program %q in this binary: there are %v", args[0], programs.Names)
			}
			os.Args = args
			if code := main(); code != 0 {
				return exitCode(code)
			}
			return nil
		},
	}
}
