package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// marks are the lines in the document that tables go between.
type marks struct{ begin, end string }

var (
	benchMarks  = marks{"<!-- replay-bench: from here to the end mark written by make replay-bench -->", "<!-- replay-bench: end -->"}
	searchMarks = marks{"<!-- replay-bench-search: from here to the end mark written by make replay-bench-search -->", "<!-- replay-bench-search: end -->"}
)

// keep writes what a program may want as JSON, and what people want between the marks of the document.
func (o settings) keep(name string, value any, at marks, text string) error {
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	body, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(o.out, name), append(body, '\n'), 0o644); err != nil {
		return err
	}
	old, err := os.ReadFile(o.document)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(old), at.begin)
	_, after, ended := strings.Cut(rest, at.end)
	if !found || !ended {
		return fmt.Errorf("%s: allowed: a document with the lines %q and %q", o.document, at.begin, at.end)
	}
	return os.WriteFile(o.document, []byte(before+at.begin+"\n\n"+text+"\n"+at.end+after), 0o644)
}
