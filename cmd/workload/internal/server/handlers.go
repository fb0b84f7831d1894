package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"userscale.dev/userscale/cmd/workload/internal/gpu"
	"userscale.dev/userscale/cmd/workload/internal/matrix"
)

// chunkInterval is how often a stream sends something: seldom, so that streams load a pod with users and hardly with work.
const chunkInterval = 500 * time.Millisecond

// matrix keeps the CPU busy.
func (s *Server) matrix(w http.ResponseWriter, r *http.Request) error {
	size, err := parameter{name: "size", standard: 300, max: s.config.MaxSize}.read(r)
	if err != nil {
		return err
	}
	start := time.Now()
	product, err := matrix.Multiply(r.Context(), size)
	if err != nil {
		return fmt.Errorf("multiplying: %w", err)
	}
	sendJSON(w, http.StatusOK, struct {
		Size       int     `json:"size"`
		Trace      float64 `json:"trace"`
		Checksum   float64 `json:"checksum"`
		DurationMS float64 `json:"duration_ms"`
	}{size, product.Trace, product.Checksum, milliseconds(time.Since(start))})
	return nil
}

// stream keeps a connection busy: a line of JSON at once, every chunkInterval, and at the end.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) error {
	ms, err := parameter{name: "duration_ms", standard: 2000, max: int(s.config.MaxStream.Milliseconds())}.read(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	start := time.Now()
	end := start.Add(time.Duration(ms) * time.Millisecond)
	timer := time.NewTimer(0) // the first line is due at once
	defer timer.Stop()
	for {
		select {
		case <-r.Context().Done():
			return r.Context().Err()
		case <-timer.C:
		}
		left := time.Until(end)
		if err := sendChunk(w, time.Since(start), left <= 0); err != nil || left <= 0 {
			return err
		}
		timer.Reset(min(left, chunkInterval))
	}
}

func sendChunk(w http.ResponseWriter, elapsed time.Duration, done bool) error {
	err := json.NewEncoder(w).Encode(struct {
		ElapsedMS float64 `json:"elapsed_ms"`
		Done      bool    `json:"done"`
	}{milliseconds(elapsed), done})
	if err == nil {
		err = http.NewResponseController(w).Flush()
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errClientGone, err)
	}
	return nil
}

// gpuJob keeps the GPU busy.
func (s *Server) gpuJob(w http.ResponseWriter, r *http.Request) error {
	ms, err := parameter{name: "work_ms", standard: 1000, max: int(s.config.MaxGPUWork.Milliseconds())}.read(r)
	if err != nil {
		return err
	}
	start := time.Now()
	used, err := s.gpu.Do(r.Context(), time.Duration(ms)*time.Millisecond)
	var full *gpu.FullError
	if errors.As(err, &full) {
		return &refusal{
			Status:     http.StatusServiceUnavailable,
			RetryAfter: max(full.RetryAfter, time.Second),
			Message:    full.Error(),
		}
	}
	if err != nil {
		return fmt.Errorf("running on the GPU: %w", err)
	}
	sendJSON(w, http.StatusOK, struct {
		WorkMS     int      `json:"work_ms"`
		GPUMS      float64  `json:"gpu_ms"`
		DurationMS float64  `json:"duration_ms"`
		Mode       gpu.Mode `json:"mode"`
	}{ms, milliseconds(used), milliseconds(time.Since(start)), s.config.GPU.Mode})
	return nil
}
