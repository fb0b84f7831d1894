package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/component-base/logs"

	"userscale.dev/userscale/pkg/adapter"
)

// commands is what the server's own help says of the rest.
const commands = `
Commands:
  explain         say why an HPA stands where it stands: adapter explain --namespace=NS [HPA]
  validate        check configuration files: adapter validate FILE...
  print-defaults  print a configuration with all defaults, to begin with
See adapter COMMAND --help.
`

// newCommand returns the program: the server, with the other commands below it.
func newCommand() *cobra.Command {
	options := adapter.NewOptions()
	flags := options.Flags()
	root := &cobra.Command{
		Use:               "adapter",
		Args:              cobra.NoArgs,
		SilenceErrors:     true, // main prints them
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		RunE: func(c *cobra.Command, _ []string) error {
			logs.InitLogs()
			defer logs.FlushLogs()
			return options.Run(c.Context(), os.Getenv)
		},
	}
	root.Flags().AddFlagSet(flags)
	root.SetHelpFunc(func(c *cobra.Command, _ []string) {
		if c != root {
			fmt.Fprintf(c.OutOrStdout(), "%s\n\n%s", c.Long, c.UsageString())
			return
		}
		flags.Usage()
		fmt.Fprint(os.Stderr, commands)
	})
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fmt.Errorf("%w (see --help)", err) })
	root.SetHelpCommand(&cobra.Command{Use: "no-help", Hidden: true})
	root.AddCommand(newExplain(), newValidate(), newPrintDefaults())
	return root
}
