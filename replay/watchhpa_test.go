package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cluster is a kubeconfig of an API server that answers everything with one code and body.
func cluster(t *testing.T, code int, body string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return file(t, "kubeconfig", `{apiVersion: v1, kind: Config, current-context: c, contexts: [{name: c, context: {cluster: c, user: u, namespace: shop}}],
users: [{name: u}], clusters: [{name: c, cluster: {server: "`+server.URL+`"}}]}`)
}

// What cannot be recorded is said, and leaves no file.
func TestWatchOfNothing(t *testing.T) {
	status := func(code, reason, rest string) string {
		return `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"as it is","reason":"` + reason + `","code":` + code + rest + `}`
	}
	gone := cluster(t, http.StatusNotFound, status("404", "NotFound", `,"details":{"group":"autoscaling","name":"web"}`))
	none := cluster(t, http.StatusNotFound, status("404", "NotFound", ""))
	closed := cluster(t, http.StatusForbidden, status("403", "Forbidden", ""))
	there := file(t, "there.jsonl", "a run of before")
	for name, test := range map[string]struct {
		args []string
		code int
		want []string
	}{
		"nothing":        {nil, exitUsage, []string{"--hpa is missing", "--out is missing", "replay --help tells all flags"}},
		"bad flags":      {[]string{"--hpa", "web", "--hold", "0s", "--duration", "soon"}, exitUsage, []string{`--hold "0s": allowed: from 1s to 1h`, `--duration "soon": allowed`, "--out is missing"}},
		"configuration":  {[]string{"--hpa", "web", "--config", "none.yaml"}, exitUsage, []string{"none.yaml"}},
		"kubeconfig":     {[]string{"--hpa", "web", "--kubeconfig", "none"}, exitUsage, []string{"kubeconfig: ", "none"}},
		"a file there":   {[]string{"--hpa", "web", "--kubeconfig", none, "--out", there}, exitUsage, []string{"--out: allowed: a file that is not there yet", there}},
		"no HPA":         {[]string{"--hpa", "web", "--kubeconfig", gone}, exitFailed, []string{"nothing recorded", "namespace shop has no HPA web"}},
		"no adapter":     {[]string{"--hpa", "web", "--kubeconfig", none, "--namespace", "other"}, exitFailed, []string{"no adapter that explains is at", "/namespaces/other/"}},
		"not allowed to": {[]string{"--hpa", "web", "--kubeconfig", closed}, exitFailed, []string{"no access to", "ClusterRole userscale-explain"}},
	} {
		out := filepath.Join(t.TempDir(), "run.jsonl")
		args := append([]string{"watch"}, test.args...)
		if !strings.Contains(strings.Join(args, " "), "--out") && len(test.args) > 0 && name != "bad flags" {
			args = append(args, "--out", out)
		}
		code, stdout, stderr := invoke(t.Context(), t, args...)
		if code != test.code || stdout != "" {
			t.Errorf("%s: exit code %d, stdout %q", name, code, stdout)
		}
		for _, want := range test.want {
			if !strings.Contains(stderr, want) {
				t.Errorf("%s: %s: want %s", name, stderr, want)
			}
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: left a file", name)
		}
	}
	if read(t, there) != "a run of before" {
		t.Error("a file that was there was written to")
	}
}
