package server

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"userscale.dev/userscale/cmd/workload/internal/gpu"
	"userscale.dev/userscale/cmd/workload/internal/matrix"
)

// matrix keeps the CPU busy.
func (s *Server) matrix(w http.ResponseWriter, r *http.Request) error {
	size, err := parameter{name: "size", standard: 300, max: s.config.MaxSize}.read(r)
	if err != nil {
		return err
	}
	start := time.Now()
	product, err := s.products.Multiply(r.Context(), size)
	var full *matrix.FullError
	if errors.As(err, &full) {
		return &refusal{Status: http.StatusServiceUnavailable, RetryAfter: time.Second, Message: full.Error()}
	}
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
