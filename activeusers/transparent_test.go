package activeusers

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// kinds makes one of each tracker.
func kinds() map[string]tracker {
	return map[string]tracker{
		"in flight": new(InFlight),
		"distinct":  NewDistinct(0, func(*http.Request) string { return "somebody" }),
	}
}

// serve serves the handler through the tracker, and quietly where it panics.
func serve(t *testing.T, users tracker, handler http.HandlerFunc) *httptest.Server {
	server := httptest.NewUnstartedServer(users.Count(handler))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close) // waits for the handlers
	return server
}

func wantActive(t *testing.T, users tracker, want int) {
	t.Helper()
	if active, _ := users.Read(); active != want {
		t.Errorf("%d active, want %d", active, want)
	}
}

// TestStream reads an event before its stream goes on: it was flushed through the middleware, and its reader is a user all the while.
func TestStream(t *testing.T) {
	for name, users := range kinds() {
		t.Run(name, func(t *testing.T) {
			goOn := make(chan struct{})
			server := serve(t, users, func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(w, "data: 1\n\n")
				w.(http.Flusher).Flush()
				<-goOn
				fmt.Fprint(w, "data: 2\n\n")
				if err := http.NewResponseController(w).Flush(); err != nil {
					t.Error(err)
				}
				<-goOn
			})
			response, err := http.Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			lines := bufio.NewScanner(response.Body)
			for lines.Scan() {
				if lines.Text() != "" {
					wantActive(t, users, 1)
					goOn <- struct{}{}
				}
			}
			server.Close()
			wantActive(t, users, 0)
		})
	}
}

// TestHijack takes the connection over, as websockets do.
func TestHijack(t *testing.T) {
	for name, users := range kinds() {
		t.Run(name, func(t *testing.T) {
			left := make(chan struct{})
			server := serve(t, users, func(w http.ResponseWriter, _ *http.Request) {
				defer close(left)
				if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
					t.Error(err)
				}
				conn, buffered, err := w.(http.Hijacker).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()
				line, _ := buffered.ReadString('\n')
				fmt.Fprint(conn, "echo ", line)
			})
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\nhello\n")
			if answer, err := bufio.NewReader(conn).ReadString('\n'); answer != "echo hello\n" {
				t.Errorf("answer %q, %v, want the echo", answer, err)
			}
			<-left
			server.Close()
		})
	}
}

// TestPanic leaves all the same, and the panic goes on to the server.
func TestPanic(t *testing.T) {
	for name, users := range kinds() {
		t.Run(name, func(t *testing.T) {
			server := serve(t, users, func(http.ResponseWriter, *http.Request) {
				wantActive(t, users, 1)
				panic("a handler that breaks")
			})
			if response, err := http.Get(server.URL); err == nil {
				response.Body.Close()
				t.Errorf("answered %s, want a cut connection", response.Status)
			}
			server.Close()
			wantActive(t, users, 0)
		})
	}
}
