// Package record has `replay record` ask a real Prometheus.
package record

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"userscale.dev/userscale/test/promserver"
	"userscale.dev/userscale/trace"
)

const binary = "../../bin/replay"

// replay runs the command and returns what it said.
func replay(t *testing.T, args ...string) (string, error) {
	t.Helper()
	if _, err := os.Stat(binary); err != nil {
		t.Skip("needs the program: make bin/replay")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, binary, args...)
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	err := command.Run()
	return said.String(), err
}

// TestPast: what two pods had yesterday, or some seconds ago, is the trace of their sum.
func TestPast(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "# TYPE active_users gauge\nactive_users{pod=\"a\"} 3\nactive_users{pod=\"b\"} 4.5\n")
	}))
	defer app.Close()
	server := promserver.Start(t, fmt.Sprintf("scrape_configs:\n- job_name: app\n  scrape_interval: 500ms\n  static_configs:\n  - targets: [%q]\n",
		strings.TrimPrefix(app.URL, "http://")))
	until := awaitSamples(t, server.URL)

	out := filepath.Join(t.TempDir(), "users.csv")
	common := []string{"record", "--prometheus", server.URL, "--until", until.UTC().Format(time.RFC3339), "--step", "1s", "--duration", "4s"}
	said, err := replay(t, append(common, "--query", "sum(active_users)", "--out", out)...)
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	got, err := trace.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if got.Step != time.Second || len(got.Values) != 4 {
		t.Errorf("got %+v", got)
	}
	for _, v := range got.Values {
		if v != 7.5 {
			t.Errorf("got %v, want 3 + 4.5 all the time", got.Values)
		}
	}

	for want, query := range map[string]string{
		"2 series, ":                               "active_users",
		"no first value: there is none at":         "sum(no_such_users)",
		"parse error":                              "sum(",
		"value -7.5: allowed: a number from 0 to ": "-sum(active_users)",
	} {
		other := filepath.Join(t.TempDir(), "other.csv")
		said, err := replay(t, append(common, "--query", query, "--out", other)...)
		if code := new(exec.ExitError); !errors.As(err, &code) || code.ExitCode() != 1 || !strings.Contains(said, want) {
			t.Errorf("%s: %v, it says %q, want %q", query, err, said, want)
		}
		if _, err := os.Stat(other); err == nil {
			t.Errorf("%s: left a file", query)
		}
	}
}

// awaitSamples returns a whole second before which a Prometheus has the metric for five seconds.
func awaitSamples(t *testing.T, url string) time.Time {
	t.Helper()
	for range 600 {
		time.Sleep(100 * time.Millisecond)
		now := time.Now().Truncate(time.Second)
		response, err := http.Get(fmt.Sprintf("%s/api/v1/query?query=sum(active_users)&time=%d", url, now.Unix()-5))
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Data struct{ Result []any }
		}
		err = json.NewDecoder(response.Body).Decode(&answer)
		response.Body.Close()
		if err == nil && len(answer.Data.Result) > 0 {
			return now
		}
	}
	t.Fatal("Prometheus has no samples")
	return time.Time{}
}
