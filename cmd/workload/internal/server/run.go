package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	// reserve is the end of the grace period that is kept for closing down, before the kubelet kills.
	reserve = 2 * time.Second
	// shutdownTimeout is how much of it the last answers may take.
	shutdownTimeout = time.Second
	// drainCheck is how often draining looks whether all is done.
	drainCheck = 50 * time.Millisecond
)

// Run serves on the listener until the context ends, then drains: it turns unready, but goes on to serve everything until
// nothing is in flight, so that what a terminating pod still carries stays visible. It returns nil after that, or what made
// serving fail. A GPU that fails ends it, since only a new process gets a working one.
func (s *Server) Run(ctx context.Context, l net.Listener) error {
	gpuFailed, stopGPU := s.startGPU()
	defer stopGPU()
	srv := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: headerTimeout,
		WriteTimeout:      writeTimeout, // from the request's arrival; those at work for longer have more
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		// No ReadTimeout: it would cut long streams.
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving on %s: %w", l.Addr(), err)
	case err := <-gpuFailed:
		return errors.Join(fmt.Errorf("the GPU failed: %w", err), closeDown(srv))
	case <-ctx.Done():
	}
	s.drain()
	return closeDown(srv)
}

func (s *Server) startGPU() (failed <-chan error, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	failure := make(chan error, 1)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.gpu.Run(ctx); err != nil {
			failure <- err
		}
	})
	return failure, func() {
		cancel()
		wg.Wait()
	}
}

// drain returns when nothing is in flight and at least the settle time has passed, or when the grace period is nearly over.
func (s *Server) drain() {
	s.draining.Store(true)
	start, log := time.Now(), s.config.Log
	inFlight, _ := s.requests.Read()
	log.Info("Draining: unready, and serving until nothing is in flight", "requests", inFlight,
		"settle", s.config.DrainSettle, "gracePeriod", s.config.GracePeriod)
	tick := time.NewTicker(drainCheck)
	defer tick.Stop()
	for range tick.C {
		passed := time.Since(start)
		inFlight, _ = s.requests.Read()
		if passed >= s.config.GracePeriod-reserve {
			log.Warn("The grace period is nearly over: cutting what is in flight", "requests", inFlight)
			return
		}
		if inFlight == 0 && passed >= s.config.DrainSettle {
			log.Info("Drained", "took", passed.Round(time.Millisecond))
			return
		}
	}
}

// closeDown lets the answers in flight end if they do so at once and cuts the others, so that their clients see an incomplete
// answer and not a short one.
func closeDown(srv *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	err := srv.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = srv.Close()
	}
	if err != nil {
		return fmt.Errorf("closing the server: %w", err)
	}
	return nil
}
