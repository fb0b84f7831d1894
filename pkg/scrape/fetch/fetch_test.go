package fetch

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"userscale.dev/userscale/pkg/sample"
)

// get asks what listens at the address.
func get(t testing.TB, c *Client, scheme string, address net.Addr, timeout time.Duration) (Page, error) {
	t.Helper()
	at := netip.MustParseAddrPort(address.String())
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	return c.Get(ctx, at.Addr().String(), &sample.Target{Scheme: scheme, Port: int(at.Port()), Path: "/metrics"})
}

// TestBodies of all sizes arrive as they were sent, and up to the limit only.
func TestBodies(t *testing.T) {
	size := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, strings.Repeat("x", size))
	}))
	t.Cleanup(server.Close)
	client := New("text/plain", nil)
	for _, size = range []int{0, 1, smallBody - 1, smallBody, smallBody + 1, BodyLimit - 1, BodyLimit, BodyLimit + 1, 3 * BodyLimit} {
		page, err := get(t, client, "http", server.Listener.Addr(), time.Minute)
		if size > BodyLimit {
			if err == nil || ReasonOf(err) != sample.ReasonTooLarge {
				t.Errorf("%d bytes: got %d, %v", size, len(page.Body), err)
			}
			continue
		}
		if err != nil || string(page.Body) != strings.Repeat("x", size) || page.ContentType != "text/plain" {
			t.Errorf("%d bytes: got %d of %q, %v", size, len(page.Body), page.ContentType, err)
		}
		page.Release()
	}
	if !client.large.TryAcquire(largeBodies) {
		t.Error("a large body's room was not given back")
	}
}

// TestLargeBodiesWaitForRoom: within their own time, while small ones pass.
func TestLargeBodiesWaitForRoom(t *testing.T) {
	size := smallBody + 1
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, strings.Repeat("x", size))
	}))
	t.Cleanup(server.Close)
	client := New("text/plain", nil)
	var held []Page
	for range largeBodies {
		page, err := get(t, client, "http", server.Listener.Addr(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, page)
	}
	if _, err := get(t, client, "http", server.Listener.Addr(), 100*time.Millisecond); err == nil || ReasonOf(err) != sample.ReasonTimeout {
		t.Errorf("with %d large bodies held, another: %v", largeBodies, err)
	}
	size = smallBody
	small, err := get(t, client, "http", server.Listener.Addr(), time.Minute)
	if err != nil {
		t.Errorf("a small one: %v", err)
	}
	small.Release()
	held[0].Release()
	size = smallBody + 1
	if _, err := get(t, client, "http", server.Listener.Addr(), time.Minute); err != nil {
		t.Errorf("after one was released: %v", err)
	}
}

// TestGivesUpConnecting: requests to a pod that never shakes hands leave no connections behind for long.
func TestGivesUpConnecting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dialing sync.Mutex // guards silent
		var silent []net.Conn
		transport := NewTransport(nil)
		transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			dialing.Lock()
			defer dialing.Unlock()
			silent = append(silent, there)
			return here, nil
		}
		client := New("text/plain", transport)
		address := &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 443}
		for range 5 {
			if _, err := get(t, client, "https", address, 800*time.Millisecond); err == nil || ReasonOf(err) != sample.ReasonTimeout {
				t.Errorf("got %v", err)
			}
		}
		time.Sleep(connectTimeout)
		dialing.Lock()
		defer dialing.Unlock()
		for i, pod := range silent {
			pod.SetReadDeadline(time.Now())
			if _, err := io.Copy(io.Discard, pod); err != nil { // nil: the other end is closed
				t.Errorf("connection %d of %d: %v", i+1, len(silent), err)
			}
		}
	})
}

// TestUnpacksNothing, whatever the transport would do on its own: what is packed has no bound on what it unpacks to.
func TestUnpacksNothing(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Accept-Encoding"); got != "identity" {
			t.Errorf("asked for %q", got)
		}
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		packed.Write(make([]byte, 10*BodyLimit))
		packed.Close()
	}))
	t.Cleanup(server.Close)
	for _, transport := range []*http.Transport{NewTransport(nil), {DisableCompression: false}} {
		t.Cleanup(transport.CloseIdleConnections)
		_, err := get(t, New("text/plain", transport), "http", server.Listener.Addr(), time.Minute)
		if err == nil || ReasonOf(err) != sample.ReasonMalformed {
			t.Errorf("got %v", err)
		}
	}
}

// TestFailureKeepsLittle of what a pod sent.
func TestFailureKeepsLittle(t *testing.T) {
	f := Failure("uid", sample.Refuse(sample.ReasonMalformed, "the pod sent %s", strings.Repeat("\xff€", BodyLimit)))
	if n := len(f.Err.Error()); f.Pod != "uid" || f.Reason != sample.ReasonMalformed || n > 2*errorLimit || !utf8.ValidString(f.Err.Error()) {
		t.Errorf("%s: %s: %d bytes", f.Pod, f.Reason, n)
	}
}
