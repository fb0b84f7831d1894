// Package sources holds the PromQL source and the HTTP clients against a real Prometheus.
package sources

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/adapter/client"
	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/promql"
)

// app is a pod that shows how often it was asked, as queue_length, and its users in JSON.
type app struct {
	name, ip string
	port     int
	started  time.Time
	mu       sync.Mutex  // guards shown
	shown    []time.Time // when each queue_length was shown, the first being 1
}

// startApps starts one app per name, each at an address of its own.
func startApps(t *testing.T, names ...string) []*app {
	t.Helper()
	var apps []*app
	for i, name := range names {
		a := &app{name: name, ip: fmt.Sprintf("127.0.1.%d", i+1), started: time.Now().Add(-time.Second)}
		listener, err := net.Listen("tcp", a.ip+":0")
		if err != nil {
			t.Fatal(err)
		}
		a.port = listener.Addr().(*net.TCPAddr).Port
		server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: a, ReadHeaderTimeout: time.Minute}}
		server.Start()
		t.Cleanup(server.Close)
		apps = append(apps, a)
	}
	return apps
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/users" {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"active_users":7}`)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.shown = append(a.shown, time.Now())
	fmt.Fprintf(w, "# TYPE queue_length gauge\nqueue_length %d\n", len(a.shown))
}

// when says when a value was shown, and when the one before it was.
func (a *app) when(value int) (before, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if value > 1 {
		before = a.shown[value-2]
	}
	return before, a.shown[value-1]
}

func (a *app) pod() sample.Pod {
	return sample.Pod{
		UID: types.UID(a.name), Namespace: "shop", Name: a.name, IP: a.ip, Running: true, Started: a.started,
		Labels:  map[string]string{"app": "shop"},
		Targets: []sample.Target{{Metric: "users", Scheme: "http", Port: a.port, Path: "/users"}},
	}
}

// byName finds the apps' pods.
type byName []*app

func (b byName) PodByName(namespace, name string) (sample.Pod, bool) {
	for _, a := range b {
		if namespace == "shop" && name == a.name {
			return a.pod(), true
		}
	}
	return sample.Pod{}, false
}

// scraping is the configuration of a Prometheus that scrapes the apps each second.
func scraping(apps []*app) string {
	var b strings.Builder
	b.WriteString("global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n- job_name: apps\n  static_configs:\n")
	for _, a := range apps {
		fmt.Fprintf(&b, "  - {targets: ['%s:%d'], labels: {namespace: shop, pod: %s}}\n", a.ip, a.port, a.name)
	}
	return b.String()
}

func newSource(t *testing.T, server config.PrometheusServer, query string, c *client.Credentials, p interface {
	PodByName(namespace, name string) (sample.Pod, bool)
}) *promql.Source {
	t.Helper()
	asks, err := promql.NewClient(server.URL, client.ForPrometheus(&server, c))
	if err != nil {
		t.Fatal(err)
	}
	return promql.New(promql.Config{
		Metric: "queue", Query: query, Timeout: 5 * time.Second, Namespace: "namespace", Pod: "pod", Combine: promql.Sum, Scale: 1, Max: 1e9,
	}, p, asks)
}

// await asks until what it gets will do, and says so while that takes long.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	const limit = time.Minute
	began := time.Now()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for said := began; !done(); <-ticker.C {
		if time.Since(began) > limit {
			t.Fatalf("waited %v for %s", limit, what)
		}
		if time.Since(said) > 5*time.Second {
			said = time.Now()
			fmt.Printf("%s: waiting for %s, %v so far\n", t.Name(), what, time.Since(began).Round(time.Second))
		}
	}
}
