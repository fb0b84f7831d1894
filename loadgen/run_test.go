package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// result is what the tests read of the JSON form.
type result struct {
	Requests, Successes, Errors, CutOff, Connections int64
	Interrupted                                      bool
	ErrorsByKind                                     map[string]int64
}

// loadgen runs the program and returns its exit code and its result.
func loadgen(ctx context.Context, t *testing.T, url string, flags ...string) (int, result) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args := append([]string{"--target", url, "--duration", "200ms", "--json", "-"}, flags...)
	code := run(ctx, args, &stdout, &stderr)
	var r result
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatalf("stdout is not the result: %v\n%s%s", err, stdout.String(), stderr.String())
	}
	if !strings.Contains(stderr.String(), "latency") {
		t.Errorf("no summary for people on stderr:\n%s", stderr.String())
	}
	return code, r
}

// counting serves handler and counts requests per "path?query".
func counting(t *testing.T, handler http.HandlerFunc) (string, func() map[string]int64) {
	t.Helper()
	var mu sync.Mutex // guards seen
	seen := map[string]int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		seen[r.URL.String()]++
		mu.Unlock()
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() map[string]int64 {
		mu.Lock()
		defer mu.Unlock()
		return seen
	}
}

func ok(http.ResponseWriter, *http.Request) {}

func TestScenariosAskForTheirEndpoint(t *testing.T) {
	for scenario, path := range map[string]string{
		"matrix": "/matrix?size=7",
		"stream": "/stream?duration_ms=8",
		"gpu":    "/gpu_job?work_ms=9",
	} {
		url, seen := counting(t, ok)
		code, r := loadgen(t.Context(), t, url, "--scenario", scenario, "--size", "7", "--stream-ms", "8", "--work-ms", "9")
		if got := seen(); len(got) != 1 || got[path] != r.Requests || r.Requests == 0 {
			t.Errorf("%s: the server saw %v, want only %s, %d times", scenario, got, path, r.Requests)
		}
		if code != exitOK || r.Successes != r.Requests || r.Errors != 0 || r.Connections != r.Requests {
			t.Errorf("%s: exit code %d with %+v", scenario, code, r)
		}
	}
}

func TestClosedLoopConcurrency(t *testing.T) {
	const users = 20
	var inFlight, most atomic.Int64
	full := make(chan struct{}) // closed once all users are there at the same time: with fewer, the test would hang
	url, _ := counting(t, func(http.ResponseWriter, *http.Request) {
		now := inFlight.Add(1)
		defer inFlight.Add(-1)
		if now > most.Load() {
			most.Store(now)
		}
		if now == users {
			select {
			case <-full:
			default:
				close(full)
			}
		}
		<-full
	})
	code, r := loadgen(t.Context(), t, url, "--scenario", "stream", "--concurrency", "20", "--keepalive")
	if code != exitOK || most.Load() != users {
		t.Errorf("at most %d at the same time, want %d; exit code %d, %+v", most.Load(), users, code, r)
	}
	if r.Connections < users || r.Connections > 2*users { // net/http may dial for a request that then finds an idle connection
		t.Errorf("%d connections for %d users who keep theirs", r.Connections, users)
	}
}

func TestExitCodeTellsErrors(t *testing.T) {
	var n atomic.Int64
	tests := []struct {
		name    string
		handler http.HandlerFunc
		timeout string
		kind    string
	}{
		{"none succeeds", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }, "30s", "status_400"},
		{"one fails", func(w http.ResponseWriter, _ *http.Request) {
			if n.Add(1) == 1 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}, "30s", "status_503"},
		{"too late", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "50ms", "timeout"},
	}
	for _, test := range tests {
		url, _ := counting(t, test.handler)
		code, r := loadgen(t.Context(), t, url, "--scenario", "matrix", "--timeout", test.timeout)
		if code != exitErrors || r.Errors == 0 || r.ErrorsByKind[test.kind] != r.Errors {
			t.Errorf("%s: exit code %d with %+v; want %d, all errors %s", test.name, code, r, exitErrors, test.kind)
		}
	}
}

func TestNobodyListens(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(ok))
	server.Close()
	code, r := loadgen(t.Context(), t, server.URL, "--scenario", "gpu", "--rate", "100")
	if code != exitErrors || r.Requests != 20 || r.ErrorsByKind["refused"] != 20 || r.Connections != 0 {
		t.Errorf("exit code %d with %+v; want %d, 20 requests, all refused", code, r, exitErrors)
	}
}

func TestInterruptStillReports(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var n atomic.Int64
	url, _ := counting(t, func(_ http.ResponseWriter, r *http.Request) {
		switch n.Add(1) {
		case 1, 2, 3:
			return
		case 4:
			cancel()
		}
		<-r.Context().Done()
	})
	code, r := loadgen(ctx, t, url, "--scenario", "stream", "--concurrency", "1", "--duration", "1h")
	want := result{Requests: 4, Successes: 3, CutOff: 1}
	if r.Requests != want.Requests || r.Successes != want.Successes || r.CutOff != want.CutOff || r.Errors != 0 || !r.Interrupted {
		t.Errorf("got %+v, want %+v, interrupted", r, want)
	}
	if code != exitOK {
		t.Errorf("exit code %d, want %d: nothing failed", code, exitOK)
	}
}

func TestInterruptedBeforeAnySuccess(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	url, _ := counting(t, ok)
	if code, r := loadgen(ctx, t, url, "--scenario", "matrix"); code != exitErrors || r.Requests != 0 {
		t.Errorf("exit code %d with %+v, want %d and no requests", code, r, exitErrors)
	}
}

func TestUsage(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"--help"}, &stdout, &stderr); code != exitOK || !strings.Contains(stdout.String(), "Exit codes") {
		t.Errorf("--help: exit code %d, stdout %q", code, stdout.String())
	}
	code := run(t.Context(), []string{"--target", "nowhere", "--scenario", "none"}, &stdout, &stderr)
	if code != exitUsage || strings.Count(stderr.String(), "allowed:") != 2 {
		t.Errorf("bad flags: exit code %d, stderr %q", code, stderr.String())
	}
}

func TestJSONFile(t *testing.T) {
	url, seen := counting(t, ok)
	file := filepath.Join(t.TempDir(), "out.json")
	var stdout, stderr bytes.Buffer
	flags := []string{"--scenario", "matrix", "--duration", "100ms", "--target", url, "--json"}
	if code := run(t.Context(), append(flags, file), &stdout, &stderr); code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	var r result
	if text, err := os.ReadFile(file); err != nil || json.Unmarshal(text, &r) != nil || r.Requests == 0 {
		t.Errorf("got %s, %v", text, err)
	}
	if !strings.Contains(stdout.String(), "successes") {
		t.Errorf("the summary is not on stdout: %q", stdout.String())
	}

	before := seen()["/matrix?size=300"]
	missing := filepath.Join(t.TempDir(), "no", "such", "folder")
	if code := run(t.Context(), append(flags, missing), &stdout, &stderr); code != exitUsage || seen()["/matrix?size=300"] != before {
		t.Errorf("exit code %d, want %d before anything is sent", code, exitUsage)
	}
}

// broken is a file system that is full.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestResultThatCannotBeWritten(t *testing.T) {
	url, _ := counting(t, ok)
	var stderr bytes.Buffer
	flags := []string{"--scenario", "matrix", "--duration", "100ms", "--target", url, "--json", "-"}
	if code := run(t.Context(), flags, broken{}, &stderr); code != exitErrors || !strings.Contains(stderr.String(), "write the result") {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
}
