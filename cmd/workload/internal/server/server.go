// Package server answers the workload's requests.
//
// The work endpoints, /matrix, /stream and /gpu_job, make active users: each user who says who it is by the header X-User-ID or the
// cookie user_id, from its first request until Limits.UserWindow after its last one, and each request of anybody else while it is in
// flight. /metrics and /healthz make none.
package server

import (
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"userscale.dev/userscale/activeusers"
	"userscale.dev/userscale/cmd/workload/internal/gpu"
	"userscale.dev/userscale/cmd/workload/internal/matrix"
	"userscale.dev/userscale/cmd/workload/internal/process"
)

// Config is what a server needs.
type Config struct {
	GPU gpu.Choice
	Log *slog.Logger
	Limits
}

// Limits are what a server is told by its user.
type Limits struct {
	GPUQueue    int           // jobs admitted at a time
	MaxSize     int           // largest matrix size
	MatrixQueue int           // products admitted at a time
	MaxStream   time.Duration // longest stream
	MaxGPUWork  time.Duration // most GPU time of a job
	UserWindow  time.Duration // how long a user with a key stays active after a request
	DrainSettle time.Duration // least time to serve after a termination signal
	GracePeriod time.Duration // most time to serve after it
}

// Server is the workload's HTTP server; New makes one and Run serves.
type Server struct {
	config    Config
	started   time.Time
	draining  atomic.Bool
	requests  activeusers.InFlight // at the work endpoints
	users     *activeusers.Distinct
	products  *matrix.Pool
	gpu       *gpu.Executor
	process   *process.Meter // nil where there is no /proc
	endpoints []*endpoint
	mux       *http.ServeMux
}

// New returns a server that starts to count now and to serve with Run.
func New(c Config) *Server {
	s := &Server{
		config:   c,
		started:  time.Now(),
		users:    activeusers.NewDistinct(c.UserWindow, userKey),
		products: matrix.NewPool(c.MatrixQueue),
		gpu:      gpu.NewExecutor(c.GPU.Device, c.GPUQueue),
		mux:      http.NewServeMux(),
	}
	meter, err := process.NewMeter()
	if err != nil {
		c.Log.Warn("CPU and memory of the process will be missing from /metrics", "err", err)
	}
	s.process = meter

	registry := prometheus.NewRegistry()
	durations := newDurations()
	registry.MustRegister(durations)
	s.work("/matrix", s.matrix, durations)
	s.work("/stream", s.stream, durations)
	s.work("/gpu_job", s.gpuJob, durations)
	s.mux.Handle("GET /metrics", s.metrics(registry))
	s.mux.HandleFunc("GET /healthz", s.healthz)
	return s
}

// Handler returns the handler of all endpoints. GPU jobs need Run, too.
func (s *Server) Handler() http.Handler {
	return withoutBody(s.mux)
}

// healthz says whether new requests should come here.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	if s.draining.Load() {
		http.Error(w, "draining", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n")
}
