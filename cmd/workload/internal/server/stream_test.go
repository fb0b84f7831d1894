package server

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

type chunk struct {
	ElapsedMS float64 `json:"elapsed_ms"`
	Done      bool    `json:"done"`
}

// TestStream reads streams in both forms, and each chunk at the time that it tells.
func TestStream(t *testing.T) {
	tests := []struct{ accept, contentType, prefix, separator string }{
		{"", "application/x-ndjson", "", ""},
		{"*/*", "application/x-ndjson", "", ""},
		{"text/html,*/*;q=0.8", "application/x-ndjson", "", ""},
		{"application/json", "application/x-ndjson", "", ""},
		{"text/event-stream", "text/event-stream", "data: ", "\n"},
		{"text/event-stream, */*;q=0.1", "text/event-stream", "data: ", "\n"},
		{"application/x-ndjson, text/event-stream;q=0.5", "application/x-ndjson", "", ""},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			client, terminate, result := start(newServer(t))
			begin := time.Now()
			request, _ := http.NewRequest(http.MethodGet, "http://workload/stream?duration_ms=1200", nil)
			request.Header.Set("Accept", tt.accept)
			response, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			var got []chunk
			for body := bufio.NewReader(response.Body); ; {
				text, err := body.ReadString('\n')
				if err != nil {
					break
				}
				if text == tt.separator {
					continue
				}
				var c chunk
				if err := json.Unmarshal([]byte(strings.TrimPrefix(text, tt.prefix)), &c); err != nil {
					t.Errorf("Accept %q: %q: %v", tt.accept, text, err)
				}
				got = append(got, c)
				if arrived := float64(time.Since(begin).Milliseconds()); arrived != c.ElapsedMS {
					t.Errorf("the chunk of %v ms arrived after %v ms: not flushed", c.ElapsedMS, arrived)
				}
			}
			want := []chunk{{ElapsedMS: 0}, {ElapsedMS: 500}, {ElapsedMS: 1000}, {ElapsedMS: 1200, Done: true}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Accept %q: chunks (-want +got):\n%s", tt.accept, diff)
			}
			wantHeader := map[string]string{
				"Content-Type": tt.contentType, "Vary": "Accept", "Cache-Control": "no-store", "X-Accel-Buffering": "no",
			}
			for name, want := range wantHeader {
				if got := response.Header.Get(name); got != want {
					t.Errorf("Accept %q: %s is %q, want %q", tt.accept, name, got, want)
				}
			}
			terminate()
			<-result
		})
	}
}

// TestLongAnswers takes longer than a client may take to read.
func TestLongAnswers(t *testing.T) {
	tests := []struct{ path, end string }{
		{"/stream?duration_ms=60000", `{"elapsed_ms":60000,"done":true}` + "\n"},
		{"/gpu_job?work_ms=60000", `"mode":"simulate"}` + "\n"},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			client, terminate, result := start(newServer(t, func(c *Config) { c.MaxGPUWork = time.Minute }))
			status, body, err := get(client, tt.path)
			if err != nil || status != http.StatusOK || !strings.HasSuffix(body, tt.end) {
				t.Errorf("%s: %d, %v, ends with %q, want all of it", tt.path, status, err, body[max(len(body)-50, 0):])
			}
			terminate()
			<-result
		})
	}
}
