// Package summary writes what a run was expected to show and what it showed, for people and for machines.
package summary

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Check is one expectation and what was seen.
type Check struct {
	Name string `json:"name"`
	Want string `json:"want"`
	Got  string `json:"got"`
	Unit string `json:"unit"`
	OK   bool   `json:"ok"`
}

// Summary is the form of out/NAME/summary.json.
type Summary struct {
	OK     bool    `json:"ok"`
	Checks []Check `json:"checks"`
}

// Of sums up checks; a run without a single check is not ok.
func Of(checks []Check) Summary {
	s := Summary{OK: len(checks) > 0, Checks: checks}
	for _, c := range checks {
		s.OK = s.OK && c.OK
	}
	return s
}

// Print writes one line per check.
func Print(w io.Writer, checks []Check) {
	for _, c := range checks {
		mark := "ok  "
		if !c.OK {
			mark = "FAIL"
		}
		fmt.Fprintf(w, "  %s  %s: want %s, got %s %s\n", mark, c.Name, c.Want, c.Got, c.Unit)
	}
}

// Write stores the summary as dir/summary.json.
func (s Summary) Write(dir string) error {
	body, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the summary: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "summary.json"), append(body, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the summary: %w", err)
	}
	return nil
}
