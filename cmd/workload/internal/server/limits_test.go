package server

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// connect runs the server on a network of its own and returns a connection to it, for what a proper client would not send.
func connect(t *testing.T, s *Server) net.Conn {
	t.Helper()
	network := newPipes()
	ctx, terminate := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, network) }()
	conn, err := network.dial(ctx, "", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		terminate()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return conn
}

// TestSlowHeader checks that a client that never finishes its request does not keep its connection.
func TestSlowHeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t, newServer(t))
		begin := time.Now()
		_, _ = io.WriteString(conn, "GET /healthz HTTP/1.1\r\n")
		_, _ = io.Copy(io.Discard, conn)
		if took := time.Since(begin); took != headerTimeout {
			t.Errorf("cut after %v, want %v", took, headerTimeout)
		}
	})
}

// TestBody checks that a request with a body, which may never come, is refused and its connection closed, wherever it goes.
func TestBody(t *testing.T) {
	tests := []struct{ request, header, want string }{
		{"GET /stream", "Content-Length: 1000", `"value":"of 1000 bytes"`},
		{"GET /matrix", "Content-Length: 1", `"field":"body"`},
		{"GET /gpu_job", "Transfer-Encoding: chunked", `"value":"of unknown length"`},
		{"GET /metrics", "Content-Length: 1000000000", `"allowed":"absent"`},
		{"POST /healthz", "Content-Length: 1000", `"field":"body"`},
		{"POST /nowhere", "Content-Length: 1000\r\nExpect: 100-continue", `"field":"body"`},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			s := newServer(t)
			conn := connect(t, s)
			begin := time.Now()
			_, _ = io.WriteString(conn, tt.request+" HTTP/1.1\r\nHost: workload\r\n"+tt.header+"\r\n\r\n")
			answer, err := io.ReadAll(conn)
			if !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") || !strings.Contains(string(answer), tt.want) {
				t.Errorf("%s: %q, %v, want 400 and %s", tt.request, answer, err, tt.want)
			}
			if took := time.Since(begin); took > bodyTimeout+time.Second { // net/http gives the client half a second for the answer
				t.Errorf("%s: closed after %v, want %v", tt.request, took, bodyTimeout)
			}
			if r := askReport(t, s); r.RequestSeconds != 0 {
				t.Errorf("%s: %v user-seconds, want none", tt.request, r.RequestSeconds)
			}
		})
	}
}

func TestLargeHeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t, newServer(t))
		go func() {
			_, _ = io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: workload\r\nX-User-ID: "+strings.Repeat("x", 2*maxHeader)+"\r\n\r\n")
		}()
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%s, want 431", response.Status)
		}
	})
}

// TestStalledClient has clients that send a request and never read: each ceases to be a user, and loses its connection.
func TestStalledClient(t *testing.T) {
	for _, path := range []string{"/stream?duration_ms=60000", "/gpu_job?work_ms=10000", "/matrix", "/metrics", "/nowhere"} {
		synctest.Test(t, func(t *testing.T) {
			s := newServer(t)
			conn := connect(t, s)
			_, _ = io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: workload\r\n\r\n")
			time.Sleep(10*time.Second + writeTimeout + time.Second) // the work's, and the writer's
			if r := askReport(t, s); r.RequestsInFlight != 0 {
				t.Errorf("%s: %d requests in flight, want the stalled one gone", path, r.RequestsInFlight)
			}
			if rest, err := io.ReadAll(conn); err != nil || len(rest) > 0 {
				t.Errorf("%s: read %q, %v, want an end without an answer", path, rest, err)
			}
		})
	}
}

// TestHalfClosed has a client that closes its side for sending, as one that was cut off by a proxy may: it counts as gone.
func TestHalfClosed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, func(c *Config) { c.DrainSettle = 0 })
	ctx, terminate := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, l) }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET /stream?duration_ms=60000 HTTP/1.1\r\nHost: workload\r\n\r\n")
	_ = conn.(*net.TCPConn).CloseWrite()
	answer, _ := io.ReadAll(conn) // ends with the stream
	if strings.Contains(string(answer), `"done":true`) {
		t.Errorf("the stream went on to its end: %q", answer)
	}
	if e := askReport(t, s).Endpoints["/stream"]; e.Canceled != 1 || e.InFlight != 0 {
		t.Errorf("/stream counted %+v, want one cancelled", e)
	}
	terminate()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
