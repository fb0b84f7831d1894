package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func writeDocument(t *testing.T, path string) {
	t.Helper()
	text := "above\n" + benchMarks.begin + "\nold\n" + benchMarks.end + "\nbetween\n" + searchMarks.begin + "\n" + searchMarks.end + "\nbelow\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Text goes between its own marks and nowhere else; a document without them is refused.
func TestKeep(t *testing.T) {
	o := settings{out: filepath.Join(t.TempDir(), "out"), document: filepath.Join(t.TempDir(), "doc.md")}
	writeDocument(t, o.document)
	if err := o.keep("search.json", 1, searchMarks, "found\n"); err != nil {
		t.Fatal(err)
	}
	if err := o.keep("summary.json", 1, benchMarks, "new\n"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(o.document)
	want := "above\n" + benchMarks.begin + "\n\nnew\n\n" + benchMarks.end + "\nbetween\n" + searchMarks.begin + "\n\nfound\n\n" + searchMarks.end + "\nbelow\n"
	if err != nil || string(got) != want {
		t.Errorf("got %v:\n%s", err, got)
	}
	if err := os.WriteFile(o.document, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := o.keep("summary.json", 1, benchMarks, "new\n"); err == nil || !strings.Contains(err.Error(), "allowed: a document with the lines") {
		t.Errorf("got %v", err)
	}
}
