package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// queries are seeds for any endpoint with a parameter.
func queries(name string) []string {
	return []string{
		"", name + "=1", name + "=7&other=x", name + "=0", name + "=-1", name + "=99999999999999999999", name + "=1&" + name + "=2",
		name + "=%31", name + "=%zz", name + "=+3", name + "=0x10", name + "=1e1", name + "=1_0", name + ";=1", name + "=\x00", "&&=&",
	}
}

// fuzzServer is one with small limits, since most of an exec is spent on what is within them.
func fuzzServer(t testing.TB) *Server {
	s := newServer(t, func(c *Config) { c.MaxSize, c.MaxStream, c.MaxGPUWork = 70, 3*time.Second, 50*time.Millisecond })
	s.process = nil // reading /proc takes longer than the rest
	return s
}

// fuzzed sends a query and headers to a work endpoint and checks what holds of every answer: it is complete, or a refusal that names the
// parameter, its value, and what is allowed; and nobody is left.
func fuzzed(t *testing.T, s *Server, path, query string, header http.Header, complete func(*httptest.ResponseRecorder)) {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.URL.RawQuery, r.Header = query, header
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	switch w.Code {
	case http.StatusOK:
		complete(w)
	case http.StatusBadRequest:
		checkRefusal(t, w)
	default:
		t.Errorf("%s?%s: %d %s", path, query, w.Code, w.Body)
	}
	if got := askReport(t, s); got.RequestsInFlight != 0 || got.Users.Unknown != 0 || got.Endpoints[path].InFlight != 0 {
		t.Errorf("%s?%s leaves %+v", path, query, got)
	}
}

func checkRefusal(t *testing.T, w *httptest.ResponseRecorder) {
	var got map[string]string
	err := json.Unmarshal(w.Body.Bytes(), &got)
	if err != nil || got["field"] == "" || got["allowed"] == "" || !strings.Contains(got["error"], got["field"]) ||
		!strings.Contains(got["error"], got["allowed"]) {
		t.Errorf("refused with %q, %v", w.Body, err)
	}
}

func FuzzMatrix(f *testing.F) {
	for _, query := range queries("size") {
		f.Add(query)
	}
	s := fuzzServer(f)
	f.Fuzz(func(t *testing.T, query string) {
		fuzzed(t, s, "/matrix", query, http.Header{}, func(w *httptest.ResponseRecorder) {
			var got struct{ Size, Trace, Checksum float64 }
			err := json.Unmarshal(w.Body.Bytes(), &got)
			n := got.Size
			if err != nil || n < 1 || n > 70 || got.Trace < 0 || got.Trace >= n*n || got.Checksum < got.Trace || got.Checksum >= n*n*n {
				t.Errorf("%q: %q, %v", query, w.Body, err)
			}
		})
	})
}

func FuzzStream(f *testing.F) {
	for i, query := range queries("duration_ms") {
		f.Add(query, []string{"", "text/event-stream", "*/*", "text/*;q=0.1", ";,/"}[i%5])
	}
	f.Add("duration_ms=3000", "application/x-ndjson;q=0.1, text/event-stream")
	f.Fuzz(func(t *testing.T, query, accept string) {
		synctest.Test(t, func(t *testing.T) {
			fuzzed(t, fuzzServer(t), "/stream", query, http.Header{"Accept": {accept}}, func(w *httptest.ResponseRecorder) {
				if last, err := lastChunk(w, accept); err != nil || !last.Done || last.ElapsedMS < 1 || last.ElapsedMS > 3000 || !w.Flushed {
					t.Errorf("%q, Accept %q: ends with %+v, %v", query, accept, last, err)
				}
			})
		})
	})
}

// lastChunk reads a stream in the form that it says it has.
func lastChunk(w *httptest.ResponseRecorder, accept string) (last chunk, err error) {
	text := w.Body.String()
	switch contentType := w.Header().Get("Content-Type"); {
	case contentType == events && strings.Contains(accept, "text/"):
		text = strings.ReplaceAll(strings.ReplaceAll(text, "data: ", ""), "\n\n", "\n")
	case contentType == lines:
	default:
		return chunk{}, errors.New(contentType)
	}
	for body := json.NewDecoder(strings.NewReader(text)); body.More() && err == nil; {
		if last.Done {
			return last, errors.New("it goes on after its end")
		}
		err = body.Decode(&last)
	}
	return last, err
}

func FuzzGPUJob(f *testing.F) {
	for _, query := range queries("work_ms") {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		synctest.Test(t, func(t *testing.T) {
			s := fuzzServer(t)
			_, stop := s.startGPU()
			defer stop()
			fuzzed(t, s, "/gpu_job", query, http.Header{}, func(w *httptest.ResponseRecorder) {
				var got struct {
					Work float64 `json:"work_ms"`
					GPU  float64 `json:"gpu_ms"`
				}
				err := json.Unmarshal(w.Body.Bytes(), &got)
				if err != nil || got.Work < 1 || got.Work > 50 || got.GPU != got.Work {
					t.Errorf("%q: %q, %v", query, w.Body, err)
				}
			})
		})
	})
}

// FuzzMetrics: whatever is asked for and whoever was there, the metrics are in the format that they say, and count one user at most.
func FuzzMetrics(f *testing.F) {
	for _, accept := range []string{
		"", "*/*", "text/plain;q=0.5, application/json;q=nan", "a/b;c=d;q=1e999,,;", "text/*;q=0.1,application/*;q=0",
		"application/openmetrics-text; version=1.0.0; escaping=underscores", "application/json;q=0, */*", "text/plain;version=0.0.4",
		"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
	} {
		f.Add(accept, "ann", "")
		f.Add(accept, "", `user_id=bob; user_id="x"; ;=`)
	}
	f.Fuzz(func(t *testing.T, accept, user, cookie string) {
		s := fuzzServer(t)
		ask(s, "GET", "/matrix?size=1", "X-User-ID", user, "Cookie", cookie)
		if got := askReport(t, s); got.Users.Known > 1 || got.Users.Known < 1 && user != "" || got.Users.Known > 0 && user+cookie == "" {
			t.Errorf("user %q, cookie %q: %+v", user, cookie, got.Users)
		}
		w := ask(s, "GET", "/metrics", "Accept", accept)
		if err := readMetrics(w); w.Code != http.StatusOK || err != nil {
			t.Errorf("Accept %q: %d, %s: %v", accept, w.Code, w.Header().Get("Content-Type"), err)
		}
	})
}

// readMetrics reads an answer by what it says it is.
func readMetrics(w *httptest.ResponseRecorder) error {
	contentType := w.Header().Get("Content-Type")
	switch {
	case contentType == jsonType:
		return json.Unmarshal(w.Body.Bytes(), new(report))
	case strings.HasPrefix(contentType, "application/openmetrics-text"):
		if !strings.HasSuffix(w.Body.String(), "# EOF\n") {
			return errors.New("no end")
		}
		return nil
	}
	names := map[string]bool{}
	for body := expfmt.NewDecoder(w.Body, expfmt.ResponseFormat(w.Header())); ; {
		var family dto.MetricFamily
		err := body.Decode(&family)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		names[family.GetName()] = true
	}
	if !names["active_users"] {
		return fmt.Errorf("no users among %v", names)
	}
	return nil
}
