package server

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"userscale.dev/userscale/cmd/workload/internal/gpu"
)

// newServer returns a server with small limits, or what is changed about it.
func newServer(t testing.TB, changes ...func(*Config)) *Server {
	t.Helper()
	c := Config{
		GPU: gpu.Choice{Device: &gpu.Simulator{}, Mode: gpu.Simulate, Reason: "a test"},
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Limits: Limits{
			GPUQueue:    2,
			MaxSize:     100,
			MatrixQueue: 2,
			MaxStream:   time.Minute,
			MaxGPUWork:  10 * time.Second,
			UserWindow:  30 * time.Second,
			DrainSettle: 5 * time.Second,
			GracePeriod: 30 * time.Second,
		},
	}
	for _, change := range changes {
		change(&c)
	}
	return New(c)
}

// ask sends a request to the handler, without a network.
func ask(s *Server, method, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

// askReport returns what /metrics says.
func askReport(t *testing.T, s *Server) report {
	t.Helper()
	var r report
	if err := json.Unmarshal(ask(s, "GET", "/metrics").Body.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// pipes is a network of one listener in memory, for use within a synctest bubble.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newPipes() *pipes {
	return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "unix"} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.conns <- server:
		return client, nil
	case <-p.closed:
		return nil, io.ErrClosedPipe
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// start runs the server on a network of its own. It returns a client without keep-alive, the function that sends the
// termination signal, and what Run returns in the end.
func start(s *Server) (client *http.Client, terminate func(), result <-chan error) {
	network := newPipes()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, network) }()
	client = &http.Client{Transport: &http.Transport{DialContext: network.dial, DisableKeepAlives: true}}
	return client, cancel, done
}

// get returns the status and the body, or the error of either.
func get(client *http.Client, path string) (int, string, error) {
	resp, err := client.Get("http://workload" + path)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), err
}
