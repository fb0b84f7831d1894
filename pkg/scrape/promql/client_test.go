package promql

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestQueryFails(t *testing.T) {
	for name, tc := range map[string]struct {
		status int
		body   string
		want   string // in the error, beside the query and the server
	}{
		"bad query": {http.StatusBadRequest, `{"status":"error","errorType":"bad_data","error":"parse error"}`, "bad_data: parse error"},
		"not JSON":  {http.StatusOK, `<html>`, "bad_response"},
		"no data":   {http.StatusOK, `{}`, "no data"},
		"down":      {http.StatusServiceUnavailable, "no\n  upstream", "server error: 503: no upstream"},
		"refused":   {http.StatusUnauthorized, "Unauthorized\n", "client error: 401: Unauthorized"},
		"long":      {http.StatusBadGateway, strings.Repeat("é", 5000), "éé …"},
		"elsewhere": {http.StatusFound, "", `status 302 redirects to "http://elsewhere.example/", and redirects are not followed`},
		"scalar":    {http.StatusOK, `{"status":"success","data":{"resultType":"scalar","result":[1700000010,"42"]}}`, "a scalar, want a matrix or a vector"},
		"cut short": {http.StatusOK, strings.TrimSuffix(matrix(series("pod=a", 1, "1")), "]}}"), "bad_response"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if tc.status == http.StatusFound {
					w.Header().Set("Location", "http://elsewhere.example/")
				}
				w.WriteHeader(tc.status)
				_, _ = w.Write([]byte(tc.body))
			}))
			t.Cleanup(server.Close)
			client, err := NewClient(server.URL, http.DefaultTransport)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := client.Query(t.Context(), "q[2m]", time.Minute)
			if err == nil || len(answer.Points) > 0 {
				t.Fatalf("answer %+v, want an error", answer)
			}
			for _, want := range []string{tc.want, "query q[2m] at " + server.URL} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q, want one with %q", err, want)
				}
			}
			if len(err.Error()) > 500 {
				t.Errorf("error of %d bytes", len(err.Error()))
			}
		})
	}
}

// TestTimeout: a server that does not answer costs no more than the timeout, which it is told.
func TestTimeout(t *testing.T) {
	told := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		told <- r.FormValue("timeout")
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	client, err := NewClient(server.URL, http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Query(t.Context(), "q", 50*time.Millisecond); err == nil || !strings.Contains(err.Error(), "deadline exceeded") {
		t.Errorf("error %v", err)
	}
	if got := <-told; got != "50ms" {
		t.Errorf("server was told %q", got)
	}
}

func TestBadURL(t *testing.T) {
	if _, err := NewClient("http://[", http.DefaultTransport); err == nil || !strings.Contains(err.Error(), "http://[") {
		t.Errorf("error %v", err)
	}
}
