package main

import (
	_ "embed"

	"github.com/spf13/cobra"
)

// defaults is the shipped configuration with every default, and what else there is in comments.
//
//go:embed defaults.yaml
var defaults []byte

func newPrintDefaults() *cobra.Command {
	return &cobra.Command{
		Use:   "print-defaults",
		Short: "Print a configuration with all defaults",
		Long: `Print-defaults prints an AdapterConfiguration that does what the adapter does without one, with every default written down and
explained, and with an example of every other source in comments.`,
		Example: `  # begin a configuration of one's own
  adapter print-defaults >adapter.yaml`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := c.OutOrStdout().Write(defaults)
			return err
		},
	}
}
