package adapter

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "userscale.dev/userscale/"

// allowed says which packages of this module each package may import; docs/architecture.md draws it.
var allowed = map[string][]string{
	"cmd/adapter":             {"pkg/adapter", "pkg/config", "pkg/explain"},
	"examples/go":             {"activeusers"},
	"pkg/adapter":             {"pkg/adapter/certificate", "pkg/adapter/client", "pkg/adapter/meaning", "pkg/config", "pkg/discover", "pkg/explain", "pkg/explain/endpoint", "pkg/provider", "pkg/sample", "pkg/scrape/dcgm", "pkg/scrape/fetch", "pkg/scrape/pods", "pkg/scrape/promql", "pkg/smoothing", "pkg/store"},
	"pkg/adapter/certificate": {},
	"pkg/adapter/client":      {"pkg/config"},
	"pkg/adapter/meaning":     {"pkg/config", "pkg/discover", "pkg/smoothing", "pkg/store"},
	"pkg/config":              {"pkg/smoothing"},
	"pkg/discover":            {"pkg/sample", "pkg/smoothing", "pkg/store"},
	"pkg/explain":             {"pkg/hpa", "pkg/sample", "pkg/smoothing", "pkg/store"},
	"pkg/explain/endpoint":    {"pkg/explain"},
	"pkg/hpa":                 {},
	"pkg/provider":            {"pkg/sample"},
	"pkg/sample":              {},
	"pkg/scrape/dcgm":         {"pkg/sample", "pkg/scrape/exposition", "pkg/scrape/fetch", "pkg/scrape/promql"},
	"pkg/scrape/exposition":   {"pkg/sample"},
	"pkg/scrape/fetch":        {"pkg/sample"},
	"pkg/scrape/pods":         {"pkg/sample", "pkg/scrape/exposition", "pkg/scrape/fetch", "pkg/smoothing"},
	"pkg/scrape/promql":       {"pkg/sample"},
	"pkg/smoothing":           {},
	"pkg/store":               {"pkg/sample", "pkg/smoothing"},
}

func TestImportsGoDownOnly(t *testing.T) {
	root := os.DirFS("../..")
	for _, top := range []string{"activeusers", "cmd", "examples", "pkg", "loadgen", "replay"} {
		err := fs.WalkDir(root, top, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			return checkFile(t, path)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func checkFile(t *testing.T, path string) error {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../..", path), nil, parser.ImportsOnly)
	if err != nil {
		return err
	}
	from := filepath.ToSlash(filepath.Dir(path))
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		if to, own := strings.CutPrefix(imported, module); own && !mayImport(from, to) {
			t.Errorf("%s imports %s", path, to)
		}
		if from == "activeusers" && strings.Contains(imported, ".") {
			t.Errorf("%s imports %s, want the standard library only: it goes into other people's programs", path, imported)
		}
		if strings.HasPrefix(imported, "sigs.k8s.io/custom-metrics-apiserver/pkg/cmd") && from != "pkg/adapter" {
			t.Errorf("%s imports %s, which only pkg/adapter may", path, imported)
		}
	}
	return nil
}

func mayImport(from, to string) bool {
	trees := map[string][]string{ // of several packages, and what these may import beside each other
		"cmd/workload": {"activeusers"}, // it is an application like any other
		"loadgen":      {"trace", "picture"},
		// No more of the adapter than runs in a replay too, or is asked by its recorder.
		"replay": {"trace", "picture", "pkg/adapter/meaning", "pkg/config", "pkg/discover", "pkg/explain", "pkg/hpa", "pkg/provider", "pkg/sample", "pkg/smoothing", "pkg/store"},
	}
	for tree, beside := range trees {
		if from == tree || strings.HasPrefix(from, tree+"/") {
			return to == tree || strings.HasPrefix(to, tree+"/") || slices.Contains(beside, to)
		}
	}
	for _, a := range allowed[from] {
		if a == to {
			return true
		}
	}
	return false
}

func TestMainModuleDoesNotNeedKubernetesItself(t *testing.T) {
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "k8s.io/kubernetes ") {
			t.Errorf("go.mod requires %s", strings.TrimSpace(line))
		}
	}
}
