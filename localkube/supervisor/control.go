package supervisor

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"userscale.dev/userscale/localkube/control"
)

// serve answers on the cluster's control socket until the context ends.
func (s *Supervisor) serve(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", s.layout.Socket())
	if err != nil {
		return fmt.Errorf("listen on the control socket: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc(control.BootPath, func(w http.ResponseWriter, _ *http.Request) { answer(w, s.boot.snapshot()) })
	mux.HandleFunc(control.StatusPath, func(w http.ResponseWriter, r *http.Request) { answer(w, s.status(r.Context())) })
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	context.AfterFunc(ctx, func() { server.Close() }) //nolint:errcheck // the process is about to end
	go func() {
		if err := server.Serve(listener); err != http.ErrServerClosed {
			slog.Error("Control socket failed", "err", err)
		}
	}()
	return nil
}

// status asks every component and the cluster as a whole, all at once.
func (s *Supervisor) status(ctx context.Context) control.Status {
	status := control.Status{
		Up:         time.Since(s.began).Round(time.Second).String(),
		Components: make([]control.Component, len(s.processes)),
		Checks:     []control.Check{{Name: "node ready"}, {Name: "metrics available"}, {Name: "DNS answers"}},
	}
	checks := []func(context.Context) error{s.once((*cluster).nodeReady), s.once((*cluster).metricsAvailable), dnsAnswers}
	var wg sync.WaitGroup
	for i, p := range s.processes {
		wg.Go(func() { status.Components[i] = p.status(ctx) })
	}
	for i, check := range checks {
		wg.Go(func() {
			if err := check(ctx); err != nil {
				status.Checks[i].Problem = err.Error()
			}
		})
	}
	wg.Wait()
	return status
}

// once returns the check, to be made once.
func (s *Supervisor) once(check func(*cluster, context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, probeTimeout)
		defer cancel()
		c, err := connect(s.layout, s.options.Name)
		if err != nil {
			return err
		}
		return check(c, ctx)
	}
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(value); err != nil {
		slog.Error("Control answer failed", "err", err)
	}
}
