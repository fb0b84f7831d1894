package adapter

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// readiness is the adapter's part of /readyz: ready once the first collection of every metric that was configured at the start, which
// waits for the caches, was tried. What the collections bring has no part in it: a sick target or Prometheus never makes the adapter
// unready. Neither does a reload.
type readiness struct {
	mu      sync.Mutex // guards waiting
	waiting []string   // metrics without a collection
}

func newReadiness(metrics []string) *readiness {
	return &readiness{waiting: slices.Clone(metrics)}
}

func (r *readiness) collected(metric string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = slices.DeleteFunc(r.waiting, func(m string) bool { return m == metric })
}

// forget waits no longer for a metric that is no longer configured.
func (r *readiness) forget(metric string) { r.collected(metric) }

// check implements a health check.
func (r *readiness) check(*http.Request) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.waiting) > 0 {
		return fmt.Errorf("first collection outstanding: %s", strings.Join(r.waiting, ", "))
	}
	return nil
}
