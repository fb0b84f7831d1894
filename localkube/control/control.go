// Package control is what a cluster's supervisor tells about it, over a Unix socket in the cluster's directory: that works
// from outside of the cluster's namespaces too.
package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"
)

// The paths of the supervisor's answers.
const (
	BootPath   = "/boot"   // Boot
	StatusPath = "/status" // Status
)

// Boot is how far the start of a cluster has come.
type Boot struct {
	Steps  []Step `json:"steps"` // in the order in which they ended; running ones are last
	Ready  bool   `json:"ready"` // all steps are done
	Failed string `json:"failed,omitempty"`
}

// Step is one thing done to start a cluster.
type Step struct {
	Name    string  `json:"name"`
	Done    bool    `json:"done"`
	Seconds float64 `json:"seconds"` // how long it took, or takes so far, without waiting for other steps
}

// Status is how a cluster is now.
type Status struct {
	Up         string      `json:"up"` // how long the supervisor runs
	Components []Component `json:"components"`
	Checks     []Check     `json:"checks"` // of the cluster as a whole
}

// Component is one program of the cluster.
type Component struct {
	Name     string `json:"name"`
	PID      int    `json:"pid"` // in the cluster's PID namespace; 0 while it does not run
	Restarts int    `json:"restarts"`
	Problem  string `json:"problem,omitempty"` // empty if it is ready
}

// Check is a condition of the cluster.
type Check struct {
	Name    string `json:"name"`
	Problem string `json:"problem,omitempty"` // empty if it holds
}

// Healthy reports whether all components are ready and all checks hold.
func (s Status) Healthy() bool {
	for _, c := range s.Components {
		if c.Problem != "" {
			return false
		}
	}
	for _, c := range s.Checks {
		if c.Problem != "" {
			return false
		}
	}
	return true
}

// Client asks a supervisor.
type Client struct {
	http http.Client
}

// NewClient returns a client of the supervisor that listens on the socket.
func NewClient(socket string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	return &Client{http: http.Client{Timeout: 15 * time.Second, Transport: &http.Transport{DialContext: dial}}}
}

// Boot asks how far the start has come.
func (c *Client) Boot(ctx context.Context) (Boot, error) { return get[Boot](ctx, c, BootPath) }

// Status asks how the cluster is.
func (c *Client) Status(ctx context.Context) (Status, error) { return get[Status](ctx, c, StatusPath) }

func get[T any](ctx context.Context, c *Client, path string) (T, error) {
	var answer T
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://supervisor"+path, nil)
	if err != nil {
		return answer, fmt.Errorf("ask the supervisor: %w", err)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return answer, fmt.Errorf("ask the supervisor: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return answer, fmt.Errorf("ask the supervisor for %s: %s", path, response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return answer, fmt.Errorf("read the supervisor's answer to %s: %w", path, err)
	}
	return answer, nil
}
