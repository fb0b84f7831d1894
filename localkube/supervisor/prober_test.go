package supervisor

import (
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"userscale.dev/userscale/localkube/plan"
)

// trusting returns a prober that trusts the test server's certificate, and no other.
func trusting(t *testing.T, server *httptest.Server) *prober {
	t.Helper()
	l := plan.Layout{Dir: t.TempDir()}
	if err := os.MkdirAll(l.File("pki"), 0o755); err != nil {
		t.Fatal(err)
	}
	var authority []byte
	if server != nil && server.Certificate() != nil {
		authority = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	}
	if err := os.WriteFile(l.PKI("ca.crt"), authority, 0o600); err != nil {
		t.Fatal(err)
	}
	return &prober{layout: l}
}

func answering(status int, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	})
}

func TestProbe(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		body   string
		want   string // part of the error; empty: ready
	}{
		{"ready", 200, "ok", ""},
		{"not ready", 500, "[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n", "500 Internal Server Error: [-]etcd failed: reason withheld; readyz check failed"},
		{"no rights", 403, "forbidden", "403 Forbidden"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewTLSServer(answering(test.status, test.body))
			defer server.Close()
			err := trusting(t, server).probe(t.Context(), server.URL+"/readyz")
			if test.want == "" && err != nil {
				t.Errorf("got %v", err)
			}
			if test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
}

func TestProbeVerifies(t *testing.T) {
	server := httptest.NewTLSServer(answering(200, "ok"))
	defer server.Close()
	if err := trusting(t, nil).probe(t.Context(), server.URL); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %v, want that the certificate is not trusted", err)
	}
}

func TestProbeSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	if err := trusting(t, nil).probe(t.Context(), "unix:"+path); err == nil {
		t.Error("a socket that does not exist is ready")
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if err := trusting(t, nil).probe(t.Context(), "unix:"+path); err != nil {
		t.Errorf("got %v", err)
	}
}
