package server

import (
	"encoding/json"
	"net/http/httptest"
	"sort"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// TestReportKeys pins the keys of the JSON, which others read.
func TestReportKeys(t *testing.T) {
	s := newServer(t)
	s.process = nil // what /proc says is optional
	ask(s, "GET", "/matrix")
	var body map[string]any
	if err := json.Unmarshal(ask(s, "GET", "/metrics").Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"active_user_seconds_total", "active_users", "cpu.max_cores", "draining",
		"endpoints./gpu_job.canceled", "endpoints./gpu_job.count", "endpoints./gpu_job.errors",
		"endpoints./gpu_job.in_flight", "endpoints./gpu_job.latency_ms",
		"endpoints./matrix.canceled", "endpoints./matrix.count", "endpoints./matrix.errors",
		"endpoints./matrix.in_flight", "endpoints./matrix.latency_ms.max", "endpoints./matrix.latency_ms.mean",
		"endpoints./matrix.latency_ms.p50", "endpoints./matrix.latency_ms.p95", "endpoints./matrix.latency_ms.p99",
		"endpoints./stream.canceled", "endpoints./stream.count", "endpoints./stream.errors",
		"endpoints./stream.in_flight", "endpoints./stream.latency_ms",
		"goroutines", "gpu.busy_seconds_total", "gpu.mode", "gpu.mode_reason", "gpu.queue_capacity",
		"gpu.queue_length", "gpu.utilization_percent", "memory.heap_bytes", "memory.runtime_bytes",
		"request_seconds_total", "requests_in_flight", "uptime_seconds", "users.known", "users.unknown", "users.window_seconds",
	}
	if diff := cmp.Diff(want, keys("", body)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func keys(prefix string, value any) []string {
	object, ok := value.(map[string]any)
	if !ok {
		return []string{strings.TrimSuffix(prefix, ".")}
	}
	var all []string
	for k, v := range object {
		all = append(all, keys(prefix+k+".", v)...)
	}
	sort.Strings(all)
	return all
}

// TestReport has three users of known length and reads in the middle and at the end.
func TestReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client, terminate, result := start(s)
		var wg sync.WaitGroup
		for _, path := range []string{"/stream?duration_ms=1000", "/stream?duration_ms=3000", "/gpu_job?work_ms=400"} {
			wg.Go(func() { _, _, _ = get(client, path) })
		}
		time.Sleep(200 * time.Millisecond)
		got := askReport(t, s)
		if got.ActiveUsers != 3 || got.ActiveUserSeconds != 0.6 || got.UptimeSeconds != 0.2 || got.Draining {
			t.Errorf("in the middle: %+v, want 3 users for 0.2 s", got)
		}
		if got.Endpoints["/stream"].InFlight != 2 || got.Endpoints["/gpu_job"].InFlight != 1 {
			t.Errorf("in the middle: %+v, want 2 streams and a GPU job", got.Endpoints)
		}
		if got.GPU.UtilizationPercent != 20 || got.GPU.ModeReason != "a test" {
			t.Errorf("in the middle: GPU = %+v, want 0.2 of the last second busy", got.GPU)
		}
		wg.Wait()
		got = askReport(t, s)
		if got.ActiveUsers != 0 || got.ActiveUserSeconds != 4.4 {
			t.Errorf("at the end: %+v, want 4.4 user-seconds", got)
		}
		e := got.Endpoints["/stream"]
		if e.Count != 2 || e.LatencyMS == nil || e.LatencyMS.Mean < 1980 || e.LatencyMS.Mean > 2020 || e.LatencyMS.Max < 2970 {
			t.Errorf("at the end: /stream = %+v, want 2 of mean 2000 ms", e)
		}
		terminate()
		<-result
	})
}

func TestProcess(t *testing.T) {
	got := askReport(t, newServer(t))
	if got.Goroutines < 1 || got.CPU.MaxCores < 1 || got.Memory.HeapBytes == 0 {
		t.Errorf("report = %+v, want goroutines, cores and heap", got)
	}
	if got.CPU.SecondsTotal == nil || got.Memory.ResidentBytes == nil {
		t.Skip("there is no /proc")
	}
	if got.CPU.UsageCores != nil {
		t.Errorf("CPU usage = %v right after the start, want none", *got.CPU.UsageCores)
	}
}

func TestPrometheus(t *testing.T) {
	s := newServer(t)
	s.users.Enter("")
	s.users.Enter("ann")
	ask(s, "GET", "/matrix?size=10")
	ask(s, "GET", "/matrix?size=x")
	tests := []struct {
		accept, contentType string
		want                []string
	}{
		{"text/plain", "text/plain; version=0.0.4", []string{
			"# TYPE active_users gauge", "\nactive_users 2\n",
			"# TYPE active_user_seconds_total counter",
			"\nworkload_known_users 1\n", "# TYPE workload_request_seconds_total counter",
			"\nworkload_draining 0\n",
			`workload_requests_in_flight{endpoint="/gpu_job"} 0`,
			`workload_request_duration_seconds_count{code="200",endpoint="/matrix"} 1`,
			`workload_request_duration_seconds_count{code="400",endpoint="/matrix"} 1`,
			`workload_gpu_info{mode="simulate",reason="a test"} 1`,
			"\nworkload_gpu_utilization_ratio 0\n", "\nworkload_gpu_busy_seconds_total 0\n",
			"\nworkload_gpu_queue_length 0\n", "\nworkload_gpu_queue_capacity 2\n",
			"\ngo_goroutines ", "\nprocess_cpu_seconds_total ",
		}},
		{"application/openmetrics-text; version=1.0.0", "application/openmetrics-text; version=1.0.0", []string{
			"# TYPE active_user_seconds counter", "\nactive_users 2.0\n", "# EOF\n",
		}},
	}
	for _, tt := range tests {
		w := ask(s, "GET", "/metrics", "Accept", tt.accept)
		if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, tt.contentType) {
			t.Errorf("Accept %s: Content-Type is %q", tt.accept, got)
		}
		for _, want := range tt.want {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("Accept %s: the answer lacks %q", tt.accept, want)
			}
		}
	}
	text := ask(s, "GET", "/metrics", "Accept", "text/plain").Body
	problems, err := promlint.New(text).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("lint: %v, %v", problems, err)
	}
}

// TestMetricsTypes asks as browsers, Prometheus and others do.
func TestMetricsTypes(t *testing.T) {
	s := newServer(t)
	const text, json = "text/plain", "application/json"
	tests := []struct{ accept, want string }{
		{"", json},
		{"*/*", json},
		{"application/json; charset=utf-8", json},
		{"application/json, text/plain;q=0.5", json},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", json},
		{"image/png", json},
		{";;,/,q=", json},
		{"text/*", text},
		{"application/json;q=0.2, text/plain", text},
		{"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6," +
			"text/plain;version=0.0.4;q=0.3,*/*;q=0.2", "application/openmetrics-text"},
		{"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;" +
			"encoding=delimited;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1", "application/vnd.google.protobuf"},
	}
	for _, tt := range tests {
		if got := ask(s, "GET", "/metrics", "Accept", tt.accept).Header().Get("Content-Type"); !strings.HasPrefix(got, tt.want) {
			t.Errorf("Accept %q: %s, want %s", tt.accept, got, tt.want)
		}
	}
}

func TestMetricsHeaders(t *testing.T) {
	h := ask(newServer(t), "GET", "/metrics").Header()
	if h.Get("Content-Type") != "application/json" || h.Get("Cache-Control") != "no-store" || h.Get("Vary") != "Accept" {
		t.Errorf("headers = %v, want JSON that depends on Accept and is not kept", h)
	}
}

// BenchmarkMetrics is what one scrape per second costs.
func BenchmarkMetrics(b *testing.B) {
	s := newServer(b)
	for _, e := range s.endpoints {
		for i := range 1000 {
			e.latencies.Record(time.Duration(i) * time.Millisecond)
		}
	}
	for name, accept := range map[string]string{"json": "", "text": "text/plain"} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest("GET", "/metrics", nil)
			r.Header.Set("Accept", accept)
			b.ReportAllocs()
			for b.Loop() {
				s.Handler().ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
