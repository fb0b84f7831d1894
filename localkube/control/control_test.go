package control

import (
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// supervisor answers every question on a socket with the status and body, and returns a client of it.
func supervisor(t *testing.T, status int, body string) *Client {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "socket")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		w.Write([]byte(body)) //nolint:errcheck // the client's error tells
	}))
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	return NewClient(socket)
}

func TestBoot(t *testing.T) {
	got, err := supervisor(t, 200, `{"steps":[{"name":"etcd","done":true,"seconds":1.5}],"ready":true}`).Boot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Boot{Steps: []Step{{Name: "etcd", Done: true, Seconds: 1.5}}, Ready: true}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestErrors(t *testing.T) {
	for _, test := range []struct {
		name, body, want string
		status           int
	}{
		{"status", "", "404 Not Found", 404},
		{"body", "{", "read the supervisor's answer to /status", 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := supervisor(t, test.status, test.body).Status(t.Context()); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
	if _, err := NewClient(filepath.Join(t.TempDir(), "none")).Boot(t.Context()); err == nil {
		t.Error("no error without a supervisor")
	}
}

func TestHealthy(t *testing.T) {
	for _, test := range []struct {
		name   string
		status Status
		want   bool
	}{
		{"all well", Status{Components: []Component{{Name: "etcd", Restarts: 3}}, Checks: []Check{{Name: "node ready"}}}, true},
		{"a component", Status{Components: []Component{{Name: "etcd", Problem: "refused"}}, Checks: []Check{{Name: "node ready"}}}, false},
		{"a check", Status{Components: []Component{{Name: "etcd"}}, Checks: []Check{{Name: "node ready", Problem: "taints"}}}, false},
	} {
		if got := test.status.Healthy(); got != test.want {
			t.Errorf("%s: got %t, want %t", test.name, got, test.want)
		}
	}
}
