package configuration

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"sigs.k8s.io/yaml"

	"userscale.dev/userscale/pkg/config"
)

var update = flag.Bool("update", false, "write the files anew")

const (
	schemaFile    = "../../docs/adapter-configuration.schema.json"
	referenceFile = "../../docs/configuration.md"
	marker        = "<!-- make update-configuration writes what follows -->\n"
	head          = "apiVersion: adapter.userscale.dev/v1alpha1\nkind: AdapterConfiguration\n"
)

// TestUpToDate compares both files with the types; with -update it writes them.
func TestUpToDate(t *testing.T) {
	s, err := newSchema()
	if err != nil {
		t.Fatal(err)
	}
	text, err := schemaText(s)
	if err != nil {
		t.Fatal(err)
	}
	table, err := reference(s)
	if err != nil {
		t.Fatal(err)
	}
	page := read(t, referenceFile)
	i := strings.Index(page, marker)
	if i < 0 {
		t.Fatalf("%s has no line %s", referenceFile, marker)
	}
	for file, want := range map[string]string{schemaFile: string(text), referenceFile: page[:i] + marker + "\n" + table} {
		if *update {
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, read(t, file)); diff != "" {
			t.Errorf("%s is stale, run make update-configuration (-want +got):\n%s", file, diff)
		}
	}
}

func TestEveryFieldIsExplained(t *testing.T) {
	for line := range strings.Lines(read(t, referenceFile)) {
		cells := strings.Split(line, " | ")
		if len(cells) == 4 && strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(cells[3]), "|")) == "" && !strings.Contains(line, "elector.match") {
			t.Errorf("no comment: %s", line)
		}
	}
}

// recipes are the configurations of the page, by their headings.
func recipes(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)\n### ([^\n]*)\n.*?```yaml\n(.*?)```").FindAllStringSubmatch(read(t, referenceFile), -1) {
		found[m[1]] = head + m[2]
	}
	return found
}

func TestGoodConfigurations(t *testing.T) {
	good := recipes(t)
	if len(good) < 6 {
		t.Errorf("%d recipes, want 6 or more", len(good))
	}
	files, err := filepath.Glob("../../manifests/*/*/adapter.yaml")
	if err != nil || len(files) < 2 {
		t.Fatalf("%v: shipped files are %v", err, files)
	}
	for _, file := range append(files, "../../cmd/adapter/defaults.yaml") {
		good[file] = read(t, file)
	}
	s := compile(t)
	for name, text := range good {
		t.Run(filepath.Base(filepath.Dir(name)), func(t *testing.T) {
			c, err := config.Read(strings.NewReader(text), func(string) string { return "" })
			if err != nil {
				t.Fatalf("%v in\n%s", err, text)
			}
			effective, err := yaml.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{text, string(effective)} {
				if err := s.Validate(document(t, text)); err != nil {
					t.Errorf("the schema does not allow it: %v\n%s", err, text)
				}
			}
		})
	}
}

func TestSchemaRefuses(t *testing.T) {
	s := compile(t)
	for name, text := range map[string]string{
		"kind":     "apiVersion: v1\nkind: Config\nmetrics: [{name: a}]",
		"nothing":  head,
		"empty":    head + "metrics: []",
		"unknown":  head + "metrics: [{name: a, podz: {}}]",
		"duration": head + "metrics: [{name: a, maxAge: 15, pods: {field: u}}]",
		"no unit":  head + "metrics: [{name: a, maxAge: '15', pods: {field: u}}]",
		"combine":  head + "metrics: [{name: a, dcgm: {combine: Sum}}]",
		"port":     head + "metrics: [{name: a, pods: {targets: [{port: 65536}]}}]",
		"list":     head + "prometheusServers: {name: a}\nmetrics: [{name: a}]",
		"password": head + "prometheusServers: [{name: a, url: 'http://a', basicAuth: {username: a, password: b}}]\nmetrics: [{name: a}]",
	} {
		if err := s.Validate(document(t, text)); err == nil {
			t.Errorf("%s is allowed", name)
		}
	}
}

func compile(t *testing.T) *validator.Schema {
	t.Helper()
	schema, err := validator.UnmarshalJSON(bytes.NewReader([]byte(read(t, schemaFile))))
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	if err := c.AddResource("schema.json", schema); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("schema.json")
}

func document(t *testing.T, text string) any {
	t.Helper()
	asJSON, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	d, err := validator.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
