package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	readTimeout = 800 * time.Millisecond // below refreshInterval
	bodyLimit   = 1 << 20
)

// reader asks pods how busy they say their GPU is.
type reader struct {
	client *http.Client
}

func newReader() *reader {
	return &reader{&http.Client{
		Timeout: readTimeout,
		// A redirect would lead away from the pod.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// read fetches a pod's metrics in JSON and returns its GPU use in percent.
func (r *reader) read(ctx context.Context, url string) (float64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, fmt.Errorf("read pod: %w", err)
	}
	request.Header.Set("Accept", "application/json")
	response, err := r.client.Do(request)
	if err != nil {
		return 0, fmt.Errorf("read pod: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, bodyLimit))
	if err != nil {
		return 0, fmt.Errorf("read pod: get %s: %w", url, err)
	}
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("read pod: get %s: %s", url, response.Status)
	}
	percent, err := parseUtilization(body)
	if err != nil {
		return 0, fmt.Errorf("read pod: get %s: %w", url, err)
	}
	return percent, nil
}

// parseUtilization picks gpu.utilization_percent out of the body. A body without it is an error, not 0.
func parseUtilization(body []byte) (float64, error) {
	var metrics struct {
		GPU struct {
			UtilizationPercent *float64 `json:"utilization_percent"`
		} `json:"gpu"`
	}
	if err := json.Unmarshal(body, &metrics); err != nil {
		return 0, fmt.Errorf("parse metrics: %w", err)
	}
	if metrics.GPU.UtilizationPercent == nil {
		return 0, errors.New("parse metrics: no gpu.utilization_percent")
	}
	return *metrics.GPU.UtilizationPercent, nil
}
