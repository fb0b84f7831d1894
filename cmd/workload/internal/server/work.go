package server

import (
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"userscale.dev/userscale/cmd/workload/internal/latency"
)

// statusClientGone is the code, borrowed from nginx, under which requests are counted whose client did not wait for the answer.
const statusClientGone = 499

// errClientGone says that writing the answer failed.
var errClientGone = errors.New("the client is gone")

// handler answers a request or returns why it cannot: a *refusal is sent as it is.
type handler func(w http.ResponseWriter, r *http.Request) error

// endpoint counts the requests of one work endpoint.
type endpoint struct {
	path      string
	durations *prometheus.HistogramVec
	latencies *latency.Window // of requests answered with 200

	mu       sync.Mutex // guards all below
	inFlight int
	count    uint64 // finished requests, however they ended
	errors   uint64 // of these, answered with 4xx or 5xx
	canceled uint64 // of these, left by their client
}

// work serves a work endpoint, whose requests make active users.
func (s *Server) work(path string, h handler, durations *prometheus.HistogramVec) {
	e := &endpoint{path: path, durations: durations, latencies: latency.NewWindow()}
	s.endpoints = append(s.endpoints, e)
	s.mux.Handle("GET "+path, s.requests.Count(s.users.Count(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code := http.StatusInternalServerError
		defer e.begin(&code)()
		if s.draining.Load() {
			w.Header().Set("Connection", "close") // the client's next request should go to another pod
		}
		code = answer(w, r, h(w, r))
	}))))
}

// answer sends the refusal, if there is one and a client to read it, and returns the code to count the request under.
func answer(w http.ResponseWriter, r *http.Request, err error) int {
	var refused *refusal
	switch {
	case err == nil:
		return http.StatusOK
	case errors.As(err, &refused):
	case r.Context().Err() != nil || errors.Is(err, errClientGone):
		return statusClientGone
	default:
		refused = &refusal{Status: http.StatusInternalServerError, Message: err.Error()}
	}
	refused.send(w)
	return refused.Status
}

// begin counts a request; the returned function counts its end under the code.
func (e *endpoint) begin(code *int) (end func()) {
	start := time.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.inFlight++
	return func() { e.end(*code, time.Since(start)) }
}

func (e *endpoint) end(code int, took time.Duration) {
	e.durations.WithLabelValues(e.path, strconv.Itoa(code)).Observe(took.Seconds())
	if code == http.StatusOK {
		e.latencies.Record(took)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.inFlight--
	e.count++
	switch {
	case code == statusClientGone:
		e.canceled++
	case code >= 400:
		e.errors++
	}
}

// report describes the requests so far.
func (e *endpoint) report() endpointReport {
	latencies := e.latencies.Summary()
	e.mu.Lock()
	defer e.mu.Unlock()
	return endpointReport{
		Count:     e.count,
		InFlight:  e.inFlight,
		Errors:    e.errors,
		Canceled:  e.canceled,
		LatencyMS: latencies,
	}
}
