package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"sigs.k8s.io/yaml"

	"userscale.dev/userscale/pkg/config"
)

// check is the validate command's line.
type check struct {
	output string
	in     io.Reader // what the file - stands for
	out    io.Writer
	err    io.Writer
}

func newValidate() *cobra.Command {
	var v check
	c := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Check configuration files",
		Long: `Validate checks AdapterConfiguration files, and names everything that is wrong in each: the field, its value and what is allowed.
It reads no environment variables and asks no server. The file - is the standard input.`,
		Example: `  # check a file before it is deployed
  adapter validate adapter.yaml

  # see what a file comes to, with all defaults
  adapter validate --output=yaml adapter.yaml

  # check what a cluster has
  kubectl -n userscale get configmap userscale-adapter -o jsonpath='{.data.adapter\.yaml}' | adapter validate -`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, files []string) error {
			v.in, v.out, v.err = c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr()
			return v.all(files)
		},
	}
	c.Flags().StringVarP(&v.output, "output", "o", "text", "text: a line for each valid file; yaml or json: the effective configuration of each")
	return c
}

func (v *check) all(files []string) error {
	if v.output != "text" && v.output != "yaml" && v.output != "json" {
		return fmt.Errorf("output %q: allowed are text, yaml and json", v.output)
	}
	bad := 0
	for _, file := range files {
		effective, err := v.read(file)
		if err != nil {
			bad++
			v.complain(file, err)
			continue
		}
		if err := v.print(file, effective); err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d files not valid", bad, len(files))
	}
	return nil
}

func (v *check) read(file string) (*config.AdapterConfiguration, error) {
	none := func(string) string { return "" }
	if file == "-" {
		return config.Read(v.in, none)
	}
	opened, err := os.Open(file)
	if err != nil {
		return nil, errors.Unwrap(err) // without the name, which is said anyway
	}
	defer func() { _ = opened.Close() }() // after reading
	return config.Read(opened, none)
}

// complain prints a line for each error.
func (v *check) complain(file string, err error) {
	all := []error{err}
	var list utilerrors.Aggregate
	if errors.As(err, &list) {
		all = list.Errors()
	}
	for _, err := range all {
		fmt.Fprintf(v.err, "%s: %v\n", file, err)
	}
}

func (v *check) print(file string, effective *config.AdapterConfiguration) (err error) {
	var text []byte
	switch v.output {
	case "yaml":
		text, err = yaml.Marshal(effective)
		text = append([]byte("---\n"), text...)
	case "json":
		text, err = json.MarshalIndent(effective, "", "  ")
		text = append(text, '\n')
	default:
		text = []byte(file + ": valid\n")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	_, err = v.out.Write(text)
	return err
}
