package dcgm

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/scrape/dcgm"
)

func document(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/gpu.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var (
	metricRow   = regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (percent|ratio) \\|")
	metricName  = regexp.MustCompile(`\b(?:DCGM_FI_|dcgm_)\w+`)
	yamlExample = regexp.MustCompile("(?s)```yaml\n(.*?)```")
	verdictRow  = regexp.MustCompile("(?m)^\\| `((?:GPU|MIG|\\d|[a-z_]+:).*?)` \\|")
)

// The documented metrics are the defaults, in their order, and no others but those of the examples.
func TestDocumentedMetrics(t *testing.T) {
	text := document(t)
	var want, got []string
	for _, f := range dcgm.DefaultFields() {
		want = append(want, fmt.Sprintf("%s %s", f.Name, f.Unit))
	}
	for _, row := range metricRow.FindAllStringSubmatch(text, -1) {
		got = append(got, row[1]+" "+row[2])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("table of metrics (-code +document):\n%s", diff)
	}
	known := strings.Join(append(want, yamlExample.FindAllString(text, -1)...), "\n")
	for _, name := range metricName.FindAllString(text, -1) {
		if !strings.Contains(known, name) {
			t.Errorf("%s is neither a default nor in an example", name)
		}
	}
}

func TestDocumentedExamples(t *testing.T) {
	for _, example := range yamlExample.FindAllStringSubmatch(document(t), -1) {
		path := filepath.Join(t.TempDir(), "adapter.yaml")
		if err := os.WriteFile(path, []byte(example[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := config.Load(path, func(string) string { return "" }); err != nil {
			t.Errorf("%v:\n%s", err, example[1])
		}
	}
}

// Every verdict in the document is one that a fixture wants.
func TestDocumentedVerdicts(t *testing.T) {
	var said []string
	for _, f := range fixtures(t) {
		said = slices.Concat(said, f.prometheus, f.direct)
	}
	rows := verdictRow.FindAllStringSubmatch(document(t), -1)
	if len(rows) < 9 {
		t.Errorf("the document has %d verdicts, want all of them", len(rows))
	}
	for _, row := range rows {
		verdict := regexp.QuoteMeta(row[1])
		if reason, words, failed := strings.Cut(row[1], ": "); failed && regexp.MustCompile(`^[a-z_]+$`).MatchString(reason) {
			verdict = reason + " " + regexp.QuoteMeta(words) // as in the fixtures
		}
		verdict = strings.ReplaceAll(verdict, "GPU-…", "GPU-[0-9a-f-]+")
		matches := regexp.MustCompile(" " + verdict + "$").MatchString
		if row[1] != store && !slices.ContainsFunc(said, matches) {
			t.Errorf("no fixture has the verdict %q", row[1])
		}
	}
}

// store is the verdict of pods of which the source says nothing; the store has it.
const store = "no_value: no GPU series names this pod"
