package main

import (
	"fmt"
	"io"
	"os"

	"userscale.dev/userscale/loadgen/internal/report"
)

// outputs is where the result goes: the summary for people always, JSON if it was asked for.
type outputs struct {
	people io.Writer
	json   io.Writer // nil if not asked for
	name   string    // of the JSON file, for errors
	close  func() error
}

// openOutputs opens the JSON file called name; "-" is stdout, and the summary for people then moves to stderr.
func openOutputs(name string, stdout, stderr io.Writer) (*outputs, error) {
	keep := func() error { return nil }
	switch name {
	case "":
		return &outputs{people: stdout, close: keep}, nil
	case "-":
		return &outputs{people: stderr, json: stdout, name: "stdout", close: keep}, nil
	}
	file, err := os.Create(name)
	if err != nil {
		return nil, fmt.Errorf("--json %q: allowed: - or a file that can be written: %w", name, err)
	}
	return &outputs{people: stdout, json: file, name: name, close: file.Close}, nil
}

// write writes the result everywhere it goes and closes the file.
func (o *outputs) write(result *report.Report) error {
	if err := result.WriteText(o.people); err != nil {
		return fmt.Errorf("write the summary: %w", err)
	}
	if o.json == nil {
		return nil
	}
	if err := result.WriteJSON(o.json); err != nil {
		return fmt.Errorf("write the result to %s: %w", o.name, err)
	}
	if err := o.close(); err != nil {
		return fmt.Errorf("write the result to %s: %w", o.name, err)
	}
	return nil
}
