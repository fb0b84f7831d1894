package fetch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"userscale.dev/userscale/pkg/sample"
)

// FuzzRequest: whatever a pod's annotations say, its own IP and port are asked, with one request, and nobody else.
func FuzzRequest(f *testing.F) {
	f.Add("10.0.0.1", "http", uint16(8000), "/metrics?a=b")
	f.Add("10.0.0.1", "https", uint16(65535), "//evil/%2e%2e/x y?#@:")
	f.Add("10.0.0.1", "http", uint16(80), "/metrics?a b")
	f.Add("fd00::1", "http", uint16(1), "http://user:password@evil:80/path")
	f.Add("fe80::1%eth0", "http", uint16(80), "/%zz\r\nHost: evil")
	f.Add("::ffff:10.0.0.1", "http", uint16(0), "*")
	f.Add("evil.example", "file", uint16(1), "@evil/x")
	f.Fuzz(func(t *testing.T, ip, scheme string, number uint16, path string) {
		port := int(number)
		client := New("application/json", nil)
		request, err := client.newRequest(t.Context(), ip, &sample.Target{Scheme: scheme, Port: port, Path: path})
		if err != nil {
			return
		}
		own, err := netip.ParseAddr(ip)
		if err != nil {
			t.Fatalf("accepted the IP %q", ip)
		}
		host := net.JoinHostPort(own.String(), strconv.Itoa(port))
		if request.Host != host || request.URL.Host != host || request.URL.User != nil || request.URL.Opaque != "" {
			t.Errorf("asks %s for %v, want %s", request.Host, request.URL, host)
		}
		if dialed := dial(request); dialed != "" && dialed != host {
			t.Errorf("dials %s, want %s", dialed, host)
		}
		checkOnTheWire(t, request)
	})
}

// dial returns the address that the transport would connect to, if it would to any.
func dial(request *http.Request) string {
	dialed := make(chan string, 1)
	transport := NewTransport(nil)
	transport.DialContext = func(_ context.Context, _, address string) (net.Conn, error) {
		dialed <- address
		return nil, errors.New("not in a test")
	}
	response, err := transport.RoundTrip(request)
	if err == nil {
		response.Body.Close()
	}
	select {
	case address := <-dialed:
		return address
	default:
		return ""
	}
}

// checkOnTheWire: what the path holds cannot end the request and begin another, or change its head.
func checkOnTheWire(t *testing.T, request *http.Request) {
	t.Helper()
	var wire bytes.Buffer
	if err := request.Write(&wire); err != nil {
		return // nothing is sent
	}
	reader := bufio.NewReader(&wire)
	read, err := http.ReadRequest(reader)
	if err != nil {
		t.Fatalf("%v is sent as something else: %v", request.URL, err)
	}
	rest, _ := io.ReadAll(reader)
	zoneless, _, _ := strings.Cut(request.URL.Hostname(), "%")
	if own := net.JoinHostPort(zoneless, request.URL.Port()); read.Method != http.MethodGet || read.Host != own || len(rest) > 0 {
		t.Errorf("%v is sent as a %s to %s with %q after it", request.URL, read.Method, read.Host, rest)
	}
	if len(read.Header) != len(request.Header) {
		t.Errorf("%v is sent with the head %v", request.URL, read.Header)
	}
}
