package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// request is one made in the background.
type request struct {
	at   time.Duration // after the termination signal; before it if negative
	path string
	ok   bool // answered completely
}

// TestDrain sends requests around the termination signal and checks when the server is gone, and that it answered.
func TestDrain(t *testing.T) {
	tests := []struct {
		name     string
		requests []request
		gone     time.Duration // after the signal
		scraped  bool          // just before the end, /metrics still says what is in flight
	}{
		{
			name: "idle: only the settle time",
			gone: 5 * time.Second,
		},
		{
			name:     "a short request ends within the settle time",
			requests: []request{{at: -time.Second, path: "/stream?duration_ms=3000", ok: true}},
			gone:     5 * time.Second,
		},
		{
			name:     "a long request is waited for",
			requests: []request{{at: -time.Second, path: "/stream?duration_ms=11000", ok: true}},
			gone:     10 * time.Second,
			scraped:  true,
		},
		{
			name: "new requests are served and waited for",
			requests: []request{
				{at: time.Second, path: "/matrix", ok: true},
				{at: 4 * time.Second, path: "/stream?duration_ms=4000", ok: true},
				{at: 7 * time.Second, path: "/gpu_job?work_ms=2000", ok: true},
			},
			gone:    9 * time.Second,
			scraped: true,
		},
		{
			name: "what lasts too long is cut",
			requests: []request{
				{at: -time.Second, path: "/stream?duration_ms=60000"},
				{at: 20 * time.Second, path: "/stream?duration_ms=5000", ok: true},
			},
			gone:    29 * time.Second,
			scraped: true,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t)
				client, terminate, result := start(s)
				time.Sleep(time.Second)
				signal := time.Now().Add(2 * time.Second)
				for _, r := range tt.requests {
					go func() {
						time.Sleep(time.Until(signal.Add(r.at)))
						status, body, err := get(client, r.path)
						if ok := err == nil && status == http.StatusOK; ok != r.ok {
							t.Errorf("%s at %v: %d %q, %v, want a complete answer: %v", r.path, r.at, status, body, err, r.ok)
						}
					}()
				}
				time.Sleep(time.Until(signal))
				s.users.Enter("a known user, who stays active and is not waited for")()
				checkHealth(t, client, http.StatusOK, "ok\n")
				terminate()
				synctest.Wait()
				checkHealth(t, client, http.StatusServiceUnavailable, "draining\n")
				time.Sleep(tt.gone - 2*time.Second)
				checkDraining(t, client, tt.scraped)

				if err := <-result; err != nil {
					t.Errorf("Run() = %v, want nil", err)
				}
				if took := time.Since(signal); took < tt.gone || took > tt.gone+2*drainCheck {
					t.Errorf("gone %v after the signal, want %v", took, tt.gone)
				}
				if _, _, err := get(client, "/healthz"); err == nil {
					t.Error("it still answers")
				}
				synctest.Wait() // the requests' checks
			})
		})
	}
}

// TestDrainOfMany has 2,000 streams open at the signal: those that end in time are complete, the others cut, and no goroutine is left, which
// the end of the bubble checks.
func TestDrainOfMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client, terminate, result := start(s)
		var complete, cut atomic.Int32
		for i := range 2000 {
			go func() {
				_, body, err := get(client, []string{"/stream?duration_ms=20000", "/stream?duration_ms=60000"}[i%2])
				switch {
				case err == nil && strings.HasSuffix(body, `"done":true}`+"\n"):
					complete.Add(1)
				case err != nil && strings.HasSuffix(body, `"done":false}`+"\n"):
					cut.Add(1)
				default:
					t.Errorf("%v after %q", err, body)
				}
			}()
		}
		time.Sleep(time.Second)
		if r := askReport(t, s); r.ActiveUsers != 2000 {
			t.Errorf("%d users, want 2000", r.ActiveUsers)
		}
		terminate()
		if err := <-result; err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if complete.Load() != 1000 || cut.Load() != 1000 {
			t.Errorf("%d complete and %d cut, want 1000 of each", complete.Load(), cut.Load())
		}
	})
}

func checkHealth(t *testing.T, client *http.Client, status int, body string) {
	t.Helper()
	if gotStatus, gotBody, err := get(client, "/healthz"); err != nil || gotStatus != status || gotBody != body {
		t.Errorf("/healthz: %d %q, %v, want %d %q", gotStatus, gotBody, err, status, body)
	}
}

func checkDraining(t *testing.T, client *http.Client, requests bool) {
	t.Helper()
	status, body, err := get(client, "/metrics")
	if err != nil || status != http.StatusOK || !strings.Contains(body, `"draining":true`) {
		t.Errorf("/metrics while draining: %d %s, %v, want 200 and draining", status, body, err)
	}
	if requests == strings.Contains(body, `"requests_in_flight":0`) {
		t.Errorf("/metrics while draining: %s, want requests in flight: %v", body, requests)
	}
}

// TestDrainSendsClientsElsewhere checks that connections of work endpoints are kept, but not while draining.
func TestDrainSendsClientsElsewhere(t *testing.T) {
	s := newServer(t)
	for _, draining := range []bool{false, true} {
		s.draining.Store(draining)
		if got := ask(s, "GET", "/matrix?size=1").Header().Get("Connection"); (got == "close") != draining {
			t.Errorf("draining %v: Connection is %q", draining, got)
		}
	}
}

// brokenListener cannot accept.
type brokenListener struct{ net.Listener }

var errBroken = errors.New("broken")

func (brokenListener) Accept() (net.Conn, error) { return nil, errBroken }
func (brokenListener) Close() error              { return nil }

func TestRunFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err := newServer(t).Run(context.Background(), brokenListener{newPipes()})
		if !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "serving on memory") {
			t.Errorf("Run() = %v, want what broke and where", err)
		}
	})
}
