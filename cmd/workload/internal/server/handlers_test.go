package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestStatuses(t *testing.T) {
	s := newServer(t)
	tests := []struct {
		method, target string
		want           int
	}{
		{"GET", "/healthz", 200},
		{"GET", "/metrics", 200},
		{"GET", "/matrix", 200},
		{"GET", "/matrix?size=1", 200},
		{"GET", "/matrix?size=100", 200},
		{"GET", "/matrix?size=10&other=x", 200},
		{"HEAD", "/matrix?size=10", 200},
		{"GET", "/", 404},
		{"GET", "/matrix/", 404},
		{"GET", "/debug/pprof/", 404},
		{"POST", "/matrix", 405},
		{"DELETE", "/stream", 405},
		{"PUT", "/gpu_job", 405},
		{"POST", "/metrics", 405},
		{"POST", "/healthz", 405},
	}
	for _, tt := range tests {
		w := ask(s, tt.method, tt.target)
		if w.Code != tt.want {
			t.Errorf("%s %s: %d, want %d", tt.method, tt.target, w.Code, tt.want)
		}
		if allow := w.Header().Get("Allow"); tt.want == 405 && allow != "GET, HEAD" {
			t.Errorf("%s %s: Allow is %q", tt.method, tt.target, allow)
		}
	}
}

func TestMatrix(t *testing.T) {
	s := newServer(t)
	var first, second map[string]float64
	for _, answer := range []*map[string]float64{&first, &second} {
		if err := json.Unmarshal(ask(s, "GET", "/matrix?size=70").Body.Bytes(), answer); err != nil {
			t.Fatal(err)
		}
	}
	if first["size"] != 70 || first["trace"] == 0 || first["checksum"] == 0 || first["duration_ms"] <= 0 {
		t.Errorf("answer = %v, want all of it", first)
	}
	if first["checksum"] != second["checksum"] || first["trace"] != second["trace"] {
		t.Errorf("answers differ: %v and %v", first, second)
	}
}

// TestClientGone has clients leave in the middle of each kind of work.
func TestClientGone(t *testing.T) {
	for _, path := range []string{"/stream?duration_ms=60000", "/gpu_job?work_ms=10000"} {
		t.Run(path, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t)
				client, terminate, result := start(s)
				ctx, cancel := context.WithTimeout(context.Background(), 1200*time.Millisecond)
				defer cancel()
				r, _ := http.NewRequestWithContext(ctx, "GET", "http://workload"+path, nil)
				if resp, err := client.Do(r); err == nil {
					<-ctx.Done()
					resp.Body.Close()
				}
				synctest.Wait()
				got := askReport(t, s)
				name, _, _ := strings.Cut(path, "?")
				if e := got.Endpoints[name]; e.InFlight != 0 || e.Canceled != 1 || e.Errors != 0 || e.LatencyMS != nil {
					t.Errorf("%s counted %+v, want one cancelled", name, e)
				}
				if got.ActiveUsers != 0 || got.ActiveUserSeconds != 1.2 || got.GPU.QueueLength != 0 {
					t.Errorf("report = %+v, want nobody left after 1.2 s of one", got)
				}
				terminate()
				<-result
			})
		})
	}
}

// TestMatrixClientGone needs no time: the client has left before the first block.
func TestMatrixClientGone(t *testing.T) {
	s := newServer(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r, _ := http.NewRequestWithContext(ctx, "GET", "/matrix", nil)
	s.Handler().ServeHTTP(brokenWriter{}, r)
	if e := askReport(t, s).Endpoints["/matrix"]; e.Canceled != 1 || e.Count != 1 || e.Errors != 0 {
		t.Errorf("/matrix counted %+v, want one cancelled", e)
	}
}

// brokenWriter is a connection that broke: nobody reads.
type brokenWriter struct{}

func (brokenWriter) Header() http.Header       { return http.Header{} }
func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }
func (brokenWriter) WriteHeader(int)           {}

func TestStreamBrokenPipe(t *testing.T) {
	s := newServer(t)
	r, _ := http.NewRequest("GET", "/stream?duration_ms=60000", nil)
	s.Handler().ServeHTTP(brokenWriter{}, r)
	if e := askReport(t, s).Endpoints["/stream"]; e.Canceled != 1 || e.InFlight != 0 {
		t.Errorf("/stream counted %+v, want one cancelled", e)
	}
}

// TestMatrixFull sends more products than are admitted.
func TestMatrixFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		goOn := make(chan struct{})
		var wg sync.WaitGroup
		for range s.config.MatrixQueue {
			wg.Go(func() {
				w := httptest.NewRecorder()
				s.Handler().ServeHTTP(w, httptest.NewRequestWithContext(paused{t.Context(), goOn}, "GET", "/matrix?size=1", nil))
				if w.Code != http.StatusOK {
					t.Errorf("admitted, and answered with %d", w.Code)
				}
			})
		}
		synctest.Wait()
		refused := ask(s, "GET", "/matrix?size=1")
		retry, text := refused.Header().Get("Retry-After"), refused.Body.String()
		if refused.Code != http.StatusServiceUnavailable || retry != "1" || !strings.Contains(text, "all of its 2 places") {
			t.Errorf("with a full queue: %d, Retry-After %q, %s, want 503, 1 and the reason", refused.Code, retry, text)
		}
		close(goOn)
		wg.Wait()
	})
}

// paused is a context that holds up whoever looks at it.
type paused struct {
	context.Context
	goOn chan struct{}
}

func (p paused) Err() error {
	<-p.goOn
	return p.Context.Err()
}

func TestGPUJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client, terminate, result := start(s)
		var wg sync.WaitGroup
		for range s.config.GPUQueue {
			wg.Go(func() {
				begin := time.Now()
				_, body, err := get(client, "/gpu_job?work_ms=1000")
				var got struct {
					WorkMS     int     `json:"work_ms"`
					GPUMS      float64 `json:"gpu_ms"`
					DurationMS float64 `json:"duration_ms"`
					Mode       string  `json:"mode"`
				}
				if err == nil {
					err = json.Unmarshal([]byte(body), &got)
				}
				took := float64(time.Since(begin).Milliseconds())
				if err != nil || got.WorkMS != 1000 || got.GPUMS != 1000 || got.DurationMS != took || got.Mode != "simulate" {
					t.Errorf("%s, %v: want 1000 ms of GPU time in %v ms", body, err, took)
				}
				if took < 1990 || took > 2000 {
					t.Errorf("took %v ms, want the time of two", took)
				}
			})
		}
		time.Sleep(1502 * time.Millisecond) // in the middle of a slice
		resp, err := client.Get("http://workload/gpu_job")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if retry := resp.Header.Get("Retry-After"); resp.StatusCode != http.StatusServiceUnavailable || retry != "1" {
			t.Errorf("with a full queue: %d, Retry-After %q, want 503 and 1", resp.StatusCode, retry)
		}
		if g := askReport(t, s).GPU; g.UtilizationPercent != 100 || g.QueueLength != 2 || g.BusySeconds != 1.5 {
			t.Errorf("GPU = %+v, want 100 %% busy for 1.5 s with 2 jobs", g)
		}
		wg.Wait()
		terminate()
		<-result
	})
}
