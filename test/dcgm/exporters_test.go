package dcgm

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"userscale.dev/userscale/pkg/sample"
)

// exporters serves a fixture's exporters on this machine, each at an address of its own.
type exporters struct {
	*fixture
	servers map[string]*exporter
}

// exporter shows one body after the other, and then the last one.
type exporter struct {
	*httptest.Server
	mu     sync.Mutex // guards bodies and asked
	bodies []string
	asked  chan struct{} // gets a token per request, as long as there is room
}

func (e *exporter) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	e.mu.Lock()
	body := e.bodies[0]
	if len(e.bodies) > 1 {
		e.bodies = e.bodies[1:]
	}
	e.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	fmt.Fprint(w, body)
	select {
	case e.asked <- struct{}{}:
	default:
	}
}

// serve starts the exporters of a fixture, and gives their pods the addresses.
func serve(t *testing.T, f *fixture) exporters {
	t.Helper()
	all := exporters{f, map[string]*exporter{}}
	for name, bodies := range f.exporters {
		e := &exporter{bodies: slices.Clone(bodies), asked: make(chan struct{}, 100)}
		e.Server = httptest.NewServer(e)
		t.Cleanup(e.Close)
		all.servers[name] = e
		pod, ok := f.pods["gpu/"+name]
		if !ok {
			t.Fatalf("%s: %s is no pod", f.name, name)
		}
		pod.IP, _ = e.address(t)
		f.pods["gpu/"+name] = pod
	}
	return all
}

func (e *exporter) address(t *testing.T) (ip string, port int) {
	t.Helper()
	host, text, err := net.SplitHostPort(e.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	port, err = strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}

// scrapeConfigs are the fixture's, with the addresses in place of the exporters' names.
func (e exporters) scrapeConfigs() string {
	var names []string
	for name, server := range e.servers {
		names = append(names, name+":9400", server.Listener.Addr().String())
	}
	return strings.NewReplacer(names...).Replace(e.fixture.scrapeConfigs)
}

// wait returns once every exporter was asked n more times.
func (e exporters) wait(t *testing.T, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for name, server := range e.servers {
		for range n {
			select {
			case <-server.asked:
			case <-ctx.Done():
				t.Fatalf("%s: %s was not asked %d times", e.name, name, n)
			}
		}
	}
}

// target is one exporter's pod, as the store would know it.
func (e exporters) target(t *testing.T, name, metric string) sample.Pod {
	t.Helper()
	pod := e.pods["gpu/"+name]
	_, port := e.servers[name].address(t)
	pod.Targets = []sample.Target{{Metric: metric, Scheme: "http", Port: port, Path: "/metrics"}}
	return pod
}
