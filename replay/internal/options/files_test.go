package options

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What cannot be written, and what would be written over what is read, is known before anything runs.
func TestFiles(t *testing.T) {
	folder := t.TempDir()
	load, link := filepath.Join(folder, "load.csv"), filepath.Join(folder, "link.csv")
	if err := os.WriteFile(load, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(load, link); err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(folder, "page.html")
	for line, want := range map[string]string{
		"--html " + page + " --csv " + filepath.Join(folder, "run.csv"): "",
		"--html /dev/null --csv /dev/null":                              "",
		"--html " + folder:                                              `: allowed: a file to write, in a folder that is there`,
		"--json " + filepath.Join(folder, "none", "run.json"):           `: allowed: a file to write, in a folder that is there`,
		"--csv " + load: "--csv \"" + load + "\": allowed: another file than that of --trace",
		"--csv " + link: "allowed: another file than that of --trace",
		"--json " + page + " --html " + folder + "/./page.html": "--html \"" + folder + "/./page.html\": allowed: another file than that of --json",
	} {
		var r Run
		err := r.Parse(append(strings.Fields(line), "--trace", load, "--hpa", filepath.Join(folder, "hpa.yaml")))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v: want %q", line, err, want)
		}
	}
}
