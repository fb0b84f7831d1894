package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// stored runs a short load and returns the folder with its result, out.json.
func stored(t *testing.T) string {
	t.Helper()
	url, _ := counting(t, ok)
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	args := []string{
		"--scenario", "matrix", "--duration", "100ms", "--rate", "100", "--target", url,
		"--json", filepath.Join(dir, "out.json"), "--csv", filepath.Join(dir, "out.csv"), "--html", filepath.Join(dir, "out.html"),
	}
	if code := run(t.Context(), args, &stdout, &stderr); code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	if err := os.WriteFile(filepath.Join(dir, "summary.txt"), stdout.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func content(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A stored result is shown exactly as it was at the end of its run, in every form.
func TestReportShowsTheSame(t *testing.T) {
	dir := stored(t)
	var stdout, stderr bytes.Buffer
	again := filepath.Join(dir, "again")
	code := run(t.Context(), []string{"report", filepath.Join(dir, "out.json"), "--html", again + ".html", "--csv", again + ".csv"}, &stdout, &stderr)
	if code != exitOK || stderr.Len() > 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	for name, again := range map[string]string{
		"summary.txt": stdout.String(), "out.html": content(t, again+".html"), "out.csv": content(t, again+".csv"),
	} {
		if want := content(t, dir, name); want != again || len(want) < 100 {
			t.Errorf("%s was\n%.300s\nand is shown as\n%.300s", name, want, again)
		}
	}
}

func TestReportCompares(t *testing.T) {
	a, b := filepath.Join(stored(t), "out.json"), filepath.Join(stored(t), "out.json")
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"report", "--html", "-", a, b}, &stdout, &stderr); code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	if !strings.HasPrefix(stdout.String(), "<!doctype html>") || !strings.Contains(stdout.String(), `"name":"B"`) {
		t.Errorf("stdout is not the page: %.100s", stdout.String())
	}
	if !strings.Contains(stderr.String(), "B / A") || !strings.Contains(stderr.String(), "url: ") { // two servers, two ports
		t.Errorf("stderr is not the comparison: %s", stderr.String())
	}
}

func TestReportRefuses(t *testing.T) {
	good := filepath.Join(stored(t), "out.json")
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte(`{"scenario": 7}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"0 files: allowed: one":         {},
		"3 files: allowed: one":         {good, good, good},
		bad + ": not a result":          {good, bad},
		"scenario: is a JSON number":    {bad},
		"no such file":                  {"nowhere.json"},
		"unknown flag: --colour":        {good, "--colour"},
		"allowed with one result only":  {good, good, "--csv", "x.csv"},
		"another file than the result":  {good, "--html", good},
		"allowed: - or a file that can": {good, "--html", filepath.Join(bad, "x")},
		"another than that of --html":   {good, "--html", "-", "--csv", "-"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), append([]string{"report"}, args...), &stdout, &stderr); code != exitUsage || !strings.Contains(stderr.String(), want) {
			t.Errorf("%v: exit code %d, stderr %q; want %d and %q", args, code, stderr.String(), exitUsage, want)
		}
		if stdout.Len() > 0 {
			t.Errorf("%v: stdout %q", args, stdout.String())
		}
	}
	if !strings.Contains(content(t, good), "ratePerSecond") {
		t.Error("the result was overwritten")
	}
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"report", "--help"}, &stdout, &stderr); code != exitOK || !strings.Contains(stdout.String(), "B.json") {
		t.Errorf("--help: exit code %d, %q", code, stdout.String())
	}
	if code := run(t.Context(), []string{"report", "--html", "-", good}, broken{}, &stderr); code != exitErrors {
		t.Errorf("a page that can't be written: exit code %d, want %d", code, exitErrors)
	}
}
