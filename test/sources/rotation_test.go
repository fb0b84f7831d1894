package sources

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"userscale.dev/userscale/pkg/adapter/client"
	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/test/promserver"
)

// gate is a reverse proxy before a Prometheus that lets one token and one tenant in.
type gate struct {
	next  http.Handler
	mu    sync.Mutex // guards token
	token string
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	want := "Bearer " + g.token
	g.mu.Unlock()
	switch {
	case r.Header.Get("Authorization") != want:
		http.Error(w, "token refused", http.StatusUnauthorized)
	case r.Header.Get("X-Scope-OrgID") != "team-a":
		http.Error(w, "no such tenant", http.StatusUnauthorized)
	default:
		g.next.ServeHTTP(w, r)
	}
}

func (g *gate) accept(token string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.token = token
}

// TestTokenRotation: a token in a file is replaced while the adapter runs, and a tenant goes with it.
func TestTokenRotation(t *testing.T) {
	apps := startApps(t, "a")
	prometheus := promserver.Start(t, scraping(apps))
	to, err := url.Parse(prometheus.URL)
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{next: httputil.NewSingleHostReverseProxy(to), token: "first"}
	proxy := httptest.NewServer(g)
	t.Cleanup(proxy.Close)
	file := filepath.Join(t.TempDir(), "token")
	write := func(token string) {
		if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("first")
	server := config.PrometheusServer{
		URL:     proxy.URL,
		Client:  config.Client{BearerToken: &config.Credential{File: file}},
		Headers: []config.Header{{Name: "X-Scope-OrgID", Value: "team-a"}},
	}
	credentials := client.NewCredentials(nil)
	source := newSource(t, server, "queue_length[30s]", credentials, byName(apps))
	await(t, "a sample by the first token", func() bool { return len(source.Collect(t.Context()).Samples) == 1 })

	g.accept("second")
	if b := source.Collect(t.Context()); b.Err == nil || !strings.Contains(b.Err.Error(), "401: token refused") {
		t.Errorf("with the old token: %v", b.Err)
	}
	write("second")
	await(t, "a sample by the second token", func() bool { return len(source.Collect(t.Context()).Samples) == 1 })

	server.Headers = nil
	b := newSource(t, server, "queue_length[30s]", credentials, byName(apps)).Collect(t.Context())
	if b.Err == nil || !strings.Contains(b.Err.Error(), "401: no such tenant") {
		t.Errorf("without a tenant: %v", b.Err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	await(t, "the missing file to be noticed", func() bool {
		b := source.Collect(t.Context())
		return b.Err != nil && strings.Contains(b.Err.Error(), file)
	})
}
