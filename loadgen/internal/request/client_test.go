package request

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// patient is a timeout that no test reaches.
const patient = time.Minute

// brief is a timeout that the tests wait for.
const brief = 20 * time.Millisecond

// serve answers with handler and counts the connections that were accepted.
func serve(t *testing.T, handler http.HandlerFunc) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	accepted := new(atomic.Int64)
	server := httptest.NewUnstartedServer(handler)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			accepted.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return server, accepted
}

func urls(texts ...string) []*url.URL {
	var all []*url.URL
	for _, text := range texts {
		u, err := url.Parse(text)
		if err != nil {
			panic(err)
		}
		all = append(all, u)
	}
	return all
}

func newClient(url string, timeout time.Duration, keepAlive bool) *Client {
	return NewClient(Config{URLs: urls(url), Timeout: timeout, KeepAlive: keepAlive, Connections: 1})
}

func ok(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("done")) }

func TestConnections(t *testing.T) {
	tests := []struct {
		name      string
		keepAlive bool
		want      int64
	}{
		{"a new one per request", false, 20},
		{"kept alive", true, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, accepted := serve(t, ok)
			client := newClient(server.URL, patient, test.keepAlive)
			for range 20 {
				if err := client.Do(t.Context(), 0, 0); err != nil {
					t.Fatal(err)
				}
			}
			if client.Connections() != test.want || accepted.Load() != test.want {
				t.Errorf("client counts %d, server %d; want %d", client.Connections(), accepted.Load(), test.want)
			}
		})
	}
}

// Users who pause for a moment must find their connection again, however many they are.
func TestKeepAliveKeepsOnePerUser(t *testing.T) {
	const users = 50
	var together sync.WaitGroup
	together.Add(users)
	var once atomic.Int64
	server, accepted := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if once.Add(1) <= users { // the first round of requests is in flight all at once
			together.Done()
			together.Wait()
		}
		ok(w, r)
	})
	client := NewClient(Config{URLs: urls(server.URL), Timeout: patient, KeepAlive: true, Connections: users})
	for range 3 {
		var round sync.WaitGroup
		for range users {
			round.Go(func() { client.Do(t.Context(), 0, 0) })
		}
		round.Wait()
	}
	if got := accepted.Load(); got != users {
		t.Errorf("%d connections for %d users, want one each", got, users)
	}
}

func TestKinds(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	tests := []struct {
		name    string
		handler http.HandlerFunc
		timeout time.Duration
		want    Kind
	}{
		{"success", ok, patient, Success},
		{"no content", status(http.StatusNoContent), patient, Success},
		{"bad request", status(http.StatusBadRequest), patient, "status_400"},
		{"overloaded", status(http.StatusServiceUnavailable), patient, "status_503"},
		{"unknown status", status(599), patient, "status_599"},
		{"redirect is not followed", redirect, patient, "status_302"},
		{"no answer in time", hang, brief, Timeout},
		{"half an answer in time", func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte("half"))
			w.(http.Flusher).Flush()
			hang(w, r)
		}, brief, Timeout},
		{"closed without an answer", hijack(""), patient, Reset},
		{"closed within the headers", hijack("HTTP/1.1 200 OK\r\n"), patient, Reset},
		{"closed within the body", hijack("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), patient, Truncated},
		{"closed within a chunk", hijack("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha"), patient, Truncated},
		{"error cut short", hijack("HTTP/1.1 500 Oh\r\nContent-Length: 10\r\n\r\nhalf"), patient, Truncated},
		{"reset", reset, patient, Reset},
		{"not HTTP", hijack("220 mail.example.org\r\n\r\n"), patient, Malformed},
		{"not text", hijack("\x00\xff\x13garbage\n\n\n"), patient, Malformed},
		{"headers that are none", hijack("HTTP/1.1 200 OK\r\nwhat is this\r\n\r\n"), patient, Malformed},
		{"a length that is none", hijack("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"), patient, Malformed},
		{"chunks that are none", hijack("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nmany\r\n"), patient, Malformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, _ := serve(t, test.handler)
			err := newClient(server.URL, test.timeout, false).Do(t.Context(), 0, 0)
			if got := KindOf(err); got != test.want {
				t.Errorf("got %s for %v, want %s", got, err, test.want)
			}
		})
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func redirect(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/elsewhere", http.StatusFound)
}

// hijack answers with raw bytes and closes.
func hijack(raw string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, buffer, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		flush(buffer, raw)
	}
}

func flush(buffer *bufio.ReadWriter, raw string) {
	buffer.WriteString(raw)
	buffer.Flush()
}

// reset closes with a RST.
func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

func TestRefused(t *testing.T) {
	server, _ := serve(t, ok)
	server.Close()
	client := newClient(server.URL, patient, false)
	err := client.Do(t.Context(), 0, 0)
	if got := KindOf(err); got != Refused {
		t.Errorf("got %s for %v, want %s", got, err, Refused)
	}
	if client.Connections() != 0 {
		t.Errorf("%d connections counted, want 0", client.Connections())
	}
}

func TestUntrustedCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(ok))
	server.Config.ErrorLog = discard()
	server.StartTLS()
	defer server.Close()
	if err := newClient(server.URL, patient, false).Do(t.Context(), 0, 0); KindOf(err) != TLS {
		t.Errorf("got %s for %v, want %s", KindOf(err), err, TLS)
	}
}

func TestPlainServerBehindHTTPS(t *testing.T) {
	server, _ := serve(t, ok)
	url := strings.Replace(server.URL, "http:", "https:", 1)
	err := newClient(url, patient, false).Do(t.Context(), 0, 0)
	if got := KindOf(err); got == Success || got == Timeout {
		t.Errorf("got %s for %v", got, err)
	}
}

func TestCutOff(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	err := newClient(server.URL, patient, false).Do(ctx, 0, 0)
	if got := KindOf(err); got != CutOff {
		t.Errorf("got %s for %v, want %s", got, err, CutOff)
	}
}

// A proxy would be what is measured, and it would hide which connections reach the target. (The environment's proxies never
// apply to loopback addresses, so a request could not show it.)
func TestNoProxy(t *testing.T) {
	client := newClient("http://127.0.0.1", patient, false)
	if client.transport.Proxy != nil {
		t.Error("a proxy may be used")
	}
}

func TestRequests(t *testing.T) {
	for key, want := range map[UserKey]string{
		NoKey:     "GET /b?size=3 as userscale-loadgen, header [], cookies []",
		HeaderKey: "GET /b?size=3 as userscale-loadgen, header [user-7], cookies []",
		CookieKey: "GET /b?size=3 as userscale-loadgen, header [], cookies [user_id=user-7]",
	} {
		var got string
		server, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			got = fmt.Sprintf("%s %s as %s, header %v, cookies %v", r.Method, r.URL, r.UserAgent(), r.Header["X-User-Id"], r.Cookies())
		})
		client := NewClient(Config{URLs: urls(server.URL+"/a", server.URL+"/b?size=3"), Timeout: patient, UserKey: key})
		if err := client.Do(t.Context(), 1, 7); err != nil || got != want {
			t.Errorf("%s: got %s, %v; want %s", key, got, err, want)
		}
	}
}

func BenchmarkDo(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(ok))
	defer server.Close()
	for _, key := range []UserKey{NoKey, HeaderKey} {
		b.Run(string(key), func(b *testing.B) {
			client := NewClient(Config{URLs: urls(server.URL), Timeout: patient, KeepAlive: true, Connections: 1, UserKey: key})
			b.ReportAllocs()
			for b.Loop() {
				if err := client.Do(b.Context(), 0, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
