package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"userscale.dev/userscale/loadgen/internal/report"
)

const reportUsage = `loadgen report shows a stored result, or two side by side.

  loadgen report A.json [B.json] [flags]

A.json and B.json are what loadgen --json wrote. Two runs that were asked for different things are compared all the same, and what
differs is said first.

      --html FILE   write a page with plots too; - is stdout, and the text then goes to stderr
      --csv FILE    of one result: write it second by second too, as --html says

Exit codes
  0  shown
  1  a page or table could not be written
  2  the command line is wrong, or a file is not a result
`

// runReport is `loadgen report`: it returns the exit code.
func runReport(args []string, stdout, stderr io.Writer) int {
	flags := pflag.NewFlagSet("loadgen report", pflag.ContinueOnError)
	flags.SetOutput(io.Discard) // this function prints, once
	html := flags.String("html", "", "")
	csv := flags.String("csv", "", "")
	err := flags.Parse(args)
	if errors.Is(err, pflag.ErrHelp) {
		fmt.Fprint(stdout, reportUsage)
		return exitOK
	}
	if err == nil {
		err = checkReport(flags.Args(), *html, *csv)
	}
	if err != nil {
		fmt.Fprintf(stderr, "%v\nloadgen report --help tells more\n", err)
		return exitUsage
	}
	results, err := readResults(flags.Args())
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitUsage
	}
	out, err := openOutputs([]destination{{"html", *html}, {"csv", *csv}}, stdout, stderr)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitUsage
	}
	if err := show(out, results, flags.Args()); err != nil {
		fmt.Fprintln(stderr, err)
		return exitErrors
	}
	return exitOK
}

func checkReport(files []string, html, csv string) error {
	var errs []error
	if len(files) < 1 || len(files) > 2 {
		errs = append(errs, fmt.Errorf("%d files: allowed: one, or two to compare", len(files)))
	}
	if len(files) == 2 && csv != "" {
		errs = append(errs, fmt.Errorf("--csv %q: allowed with one result only", csv))
	}
	for _, file := range files {
		for _, d := range []destination{{"html", html}, {"csv", csv}} {
			if d.name != "" && filepath.Clean(d.name) == filepath.Clean(file) {
				errs = append(errs, fmt.Errorf("--%s %q: allowed: another file than the result itself", d.flag, d.name))
			}
		}
	}
	return errors.Join(errs...)
}

// readResults reads all files; the error names each that is bad.
func readResults(names []string) ([]*report.Result, error) {
	var results []*report.Result
	var errs []error
	for _, name := range names {
		result, err := readResult(name)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
		results = append(results, result)
	}
	return results, errors.Join(errs...)
}

func readResult(name string) (*report.Result, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	return report.Read(file)
}

// show writes one result, or two side by side.
func show(out *outputs, results []*report.Result, names []string) error {
	if len(results) == 1 {
		return out.write(results[0].WriteText, formsOf(results[0]))
	}
	both := &report.Comparison{A: results[0], B: results[1], NameA: names[0], NameB: names[1]}
	return out.write(both.WriteText, map[string]render{"html": both.Picture().WriteHTML})
}

// formsOf are what one result can be written as, by the flags that name the files.
func formsOf(r *report.Result) map[string]render {
	return map[string]render{"json": r.WriteJSON, "csv": r.WriteCSV, "html": r.Picture().WriteHTML}
}
