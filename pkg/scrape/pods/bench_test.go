package pods

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/fetch"
)

// at returns pods with IPs of their own in 127.0.0.0/8, where Linux answers for all of them.
func at(port, pods int) fixed {
	targets := make(fixed, pods)
	for i := range targets {
		targets[i] = sample.Pod{
			UID: types.UID(strconv.Itoa(i)), Namespace: "ns", Name: strconv.Itoa(i), Running: true,
			IP:      fmt.Sprintf("127.1.%d.%d", i>>8, i&255),
			Targets: []sample.Target{{Metric: "m", Scheme: "http", Port: port, Path: "/good"}},
		}
	}
	return targets
}

// memory answers without a connection, so that what remains is the adapter's own part.
type memory struct {
	header http.Header
	body   string
}

func inMemory(contentType, body string) memory {
	return memory{http.Header{"Content-Type": {contentType}}, body}
}

// RoundTrip returns the body.
func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: m.header, Request: r, Body: io.NopCloser(strings.NewReader(m.body))}, nil
}

// BenchmarkCollect asks all pods once, without a network.
func BenchmarkCollect(b *testing.B) {
	for _, pods := range []int{10, 1_000, 10_000} {
		b.Run(fmt.Sprintf("pods=%d", pods), func(b *testing.B) {
			memory := inMemory("application/json", `{"active_users": 5}`)
			s := newSource(b, Config{Field: "active_users", Timeout: 5 * time.Second, Transport: memory}, at(8080, pods))
			benchmarkCollect(b, s, pods)
		})
	}
}

// BenchmarkCollectSockets asks all pods once over kept connections, one for each. The server's part is in the figures.
func BenchmarkCollectSockets(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("only Linux answers at every address of 127.0.0.0/8")
	}
	for _, pods := range []int{10, 1_000} { // with 10,000, client and server together would need 20,000 open files
		b.Run(fmt.Sprintf("pods=%d", pods), func(b *testing.B) {
			server := httptest.NewUnstartedServer(http.HandlerFunc(app))
			server.Listener.Close()
			listener, err := net.Listen("tcp4", ":0")
			if err != nil {
				b.Fatal(err)
			}
			server.Listener = listener
			server.Start()
			b.Cleanup(server.Close)
			transport := fetch.NewTransport(nil)
			b.Cleanup(transport.CloseIdleConnections)
			c := Config{Field: "active_users", Timeout: 5 * time.Second, Transport: transport}
			s := newSource(b, c, at(listener.Addr().(*net.TCPAddr).Port, pods))
			benchmarkCollect(b, s, pods)
		})
	}
}

func benchmarkCollect(b *testing.B, s *Source, pods int) {
	collect := func() {
		if batch := s.Collect(b.Context()); len(batch.Samples) != pods {
			b.Fatalf("%d samples: %v", len(batch.Samples), batch.Failures)
		}
	}
	collect() // makes the connections and the buffers
	b.ReportAllocs()
	for b.Loop() {
		collect()
	}
}

// BenchmarkRead picks the value out of a body: of the mission's JSON, and of a text with the metrics that a Go program has anyway.
func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	for i := range 50 {
		fmt.Fprintf(&text, "# HELP go_metric_%[1]d What it means.\n# TYPE go_metric_%[1]d gauge\ngo_metric_%[1]d{kind=\"a\"} %[1]d\n", i)
	}
	text.WriteString("# HELP active_users Users in a request.\n# TYPE active_users gauge\nactive_users 5\n")
	s := newSource(b, Config{Field: "active_users", Series: "active_users"}, nil)
	for _, body := range []struct{ name, contentType, text string }{
		{"json", "application/json", `{"active_users": 5}`},
		{"text", "text/plain; version=0.0.4", text.String()},
	} {
		b.Run("body="+body.name, func(b *testing.B) {
			bytes := []byte(body.text)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.reader.read(body.contentType, bytes); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
