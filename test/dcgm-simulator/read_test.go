package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestParseUtilization(t *testing.T) {
	tests := []struct {
		name, body, wantErr string
		want                float64
	}{
		{name: "busy", body: `{"active_users": 3, "gpu": {"mode": "simulate", "utilization_percent": 42.5}}`, want: 42.5},
		{name: "idle", body: `{"gpu": {"utilization_percent": 0}}`},
		{name: "without the field", body: `{"gpu": {}}`, wantErr: "no gpu.utilization_percent"},
		{name: "null", body: `{"gpu": {"utilization_percent": null}}`, wantErr: "no gpu.utilization_percent"},
		{name: "a string", body: `{"gpu": {"utilization_percent": "42"}}`, wantErr: "parse metrics"},
		{name: "not JSON", body: `active_users 3`, wantErr: "parse metrics"},
		{name: "cut off", body: `{"gpu": {"utilization_percent": 4`, wantErr: "parse metrics"},
		{name: "empty", wantErr: "parse metrics"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseUtilization([]byte(test.body))
			checkError(t, err, test.wantErr)
			if got != test.want {
				t.Errorf("got %g, want %g", got, test.want)
			}
		})
	}
}

func TestReadAsksForJSON(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Accept"); got != "application/json" {
			t.Errorf("Accept is %q, want application/json", got)
		}
		_, _ = io.WriteString(w, `{"gpu": {"utilization_percent": 7}}`)
	}))
	defer server.Close()
	got, err := newReader().read(t.Context(), server.URL)
	checkError(t, err, "")
	if got != 7 {
		t.Errorf("got %g, want 7", got)
	}
}

func TestReadFailures(t *testing.T) {
	tests := []struct {
		name, wantErr string
		handler       http.HandlerFunc
	}{
		{"status", "503 Service Unavailable", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }},
		{"redirect", "302 Found", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }},
		{"body over the limit", "parse metrics", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, strings.Repeat(" ", bodyLimit)+`{"gpu": {"utilization_percent": 7}}`)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(test.handler)
			defer server.Close()
			_, err := newReader().read(t.Context(), server.URL)
			checkError(t, err, test.wantErr)
		})
	}
}

// checkError wants an error that contains the text, or none if the text is empty.
func checkError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("unexpected error: %v", err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("error is %v, want one that contains %q", err, want)
	}
}
