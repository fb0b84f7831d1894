package examples

import (
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"testing"
	"time"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/pods"
)

// limit bounds every wait; none is for less.
const limit = 30 * time.Second

// negotiate stands before an app and asks it for one media type, whatever it was asked for itself. It returns its own address.
func negotiate(t *testing.T, app, accept string) string {
	to, err := url.Parse(app)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Header.Set("Accept", accept)
	}})
	t.Cleanup(proxy.Close)
	return proxy.URL
}

// pod is the only target: an app that answers at an address.
type pod struct{ target sample.Pod }

func podAt(t *testing.T, address string) pod {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	target := sample.Target{Metric: "users", Scheme: "http", Port: port, Path: "/metrics"}
	return pod{sample.Pod{UID: "1", Name: "app", IP: u.Hostname(), Running: true, Targets: []sample.Target{target}}}
}

// Targets is what the adapter's source of samples asks for.
func (p pod) Targets(_ string, buf []sample.Pod) []sample.Pod { return append(buf, p.target) }

// untilScraped collects by the adapter's own scraper until the value is as wanted.
func untilScraped(t *testing.T, source *pods.Source, what string, wanted func(value float64) bool) {
	t.Helper()
	var batch sample.Batch
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		batch = source.Collect(t.Context())
		if len(batch.Samples) == 1 && wanted(batch.Samples[0].Value) {
			return
		}
	}
	t.Fatalf("scraped for %v, want %s; last %+v", limit, what, batch)
}
