package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"userscale.dev/userscale/pkg/adapter"
	"userscale.dev/userscale/pkg/explain"
)

// run runs a command line and returns what it prints.
func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	c := newCommand()
	c.SetArgs(args)
	c.SetOut(&out)
	c.SetErr(&out)
	err := c.ExecuteContext(t.Context())
	return out.String(), err
}

// The server's command line is the options', with nothing added, lost or renamed.
func TestServerHasItsFlags(t *testing.T) {
	root := newCommand()
	want := map[string]string{"help": ""}
	adapter.NewOptions().Flags().VisitAll(func(f *pflag.Flag) { want[f.Name] = f.DefValue })
	root.InitDefaultHelpFlag()
	got := map[string]bool{}
	root.Flags().VisitAll(func(f *pflag.Flag) {
		got[f.Name] = true
		if value, ok := want[f.Name]; !ok || f.Name != "help" && value != f.DefValue {
			t.Errorf("flag %s, default %q, want %q", f.Name, f.DefValue, value)
		}
	})
	for name := range want {
		if !got[name] {
			t.Errorf("no flag %s", name)
		}
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for line, want := range map[string]string{
		"--nope":                         "unknown flag: --nope (see --help)",
		"serve":                          `unknown command "serve"`,
		"explain a b":                    "at most 1 arg",
		"explain --output yaml":          `output "yaml": allowed are text and json`,
		"explain --all-namespaces web":   "all-namespaces: goes with neither",
		"explain -A -n shop":             "all-namespaces: goes with neither",
		"explain --kubeconfig /nowhere":  "kubeconfig: stat /nowhere",
		"explain --config /etc/adapter":  "unknown flag: --config",
		"explain --namespace shop --bad": "unknown flag: --bad (see --help)",
	} {
		if _, err := run(t, strings.Fields(line)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("adapter %s: %v, want %q in it", line, err, want)
		}
	}
}

func TestHelpHasExamples(t *testing.T) {
	out, err := run(t, "explain", "--help")
	if err != nil || !strings.Contains(out, "adapter explain --namespace=shop checkout") || !strings.Contains(out, "--all-namespaces") {
		t.Errorf("%v\n%s", err, out)
	}
}

// kubeconfig points at a server that answers the paths, and has the namespace shop in its context.
func kubeconfig(t *testing.T, answers map[string]string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := answers[r.URL.Path]
		if !ok {
			t.Errorf("asked for %s", r.URL.Path)
			w.WriteHeader(http.StatusNotFound)
		}
		w.Write([]byte(answer))
	}))
	t.Cleanup(s.Close)
	path := filepath.Join(t.TempDir(), "config")
	text := `{apiVersion: v1, kind: Config, current-context: c, clusters: [{name: k, cluster: {server: "` + s.URL + `"}}],
contexts: [{name: c, context: {cluster: k, user: u, namespace: shop}}], users: [{name: u, user: {}}]}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestExplainAsksAndPrints(t *testing.T) {
	const one = `{"items":[{"namespace":"shop","name":"web","sentence":"Stays at 2: all is well.","metrics":[]}]}`
	for line, tc := range map[string]struct{ path, answer, want string }{
		"web":                {explain.Path("shop", "web"), one, "shop/web\n  Stays at 2: all is well.\n"},
		"":                   {explain.Path("shop", explain.All), one, "shop/web"},
		"-n mall web":        {explain.Path("mall", "web"), one, "Stays at 2"},
		"-A":                 {explain.Path("", explain.All), one, "shop/web"},
		"-o json web":        {explain.Path("shop", "web"), one, `"sentence": "Stays at 2: all is well."`},
		"-n empty":           {explain.Path("empty", explain.All), `{"items":[]}`, "There is no HPA in namespace empty."},
		"--all-namespaces":   {explain.Path("", explain.All), `{"items":[]}`, "There is no HPA in the cluster."},
		"-n empty -o json":   {explain.Path("empty", explain.All), `{"items":[]}`, `"items": []`},
		"--output=text -A=1": {explain.Path("", explain.All), one, "shop/web"},
	} {
		args := append([]string{"explain", "--kubeconfig", kubeconfig(t, map[string]string{tc.path: tc.answer})}, strings.Fields(line)...)
		out, err := run(t, args...)
		if err != nil || !strings.Contains(out, tc.want) {
			t.Errorf("adapter explain %s: %v\n%s\nwant %q in it", line, err, out, tc.want)
		}
	}
}

// Without a flag the kubeconfig is found as kubectl finds it.
func TestExplainFindsTheKubeconfig(t *testing.T) {
	t.Setenv("KUBECONFIG", kubeconfig(t, map[string]string{explain.Path("shop", "web"): `{"items":[{"name":"web"}]}`}))
	if out, err := run(t, "explain", "web"); err != nil || !strings.Contains(out, "/web") {
		t.Errorf("%v\n%s", err, out)
	}
}
