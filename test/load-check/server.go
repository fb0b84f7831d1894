package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// server is what is put under load: a process of its own, which knows what it did.
type server struct {
	journal *journal
	gate    sync.RWMutex // locked while all answers stall
	until   atomic.Int64 // so many more answers until they stall, if above 0
	length  atomic.Int64 // of that stall, in nanoseconds
	random  struct {
		sync.Mutex // guards the generator
		*rand.Rand
	}
}

// serve answers on a free port of the loopback interface until in ends, and tells the address as the first line of out.
func serve(in io.Reader, out io.Writer, seed uint64) error {
	s := &server{journal: newJournal()}
	s.random.Rand = rand.New(rand.NewPCG(seed, 0))
	var listen net.ListenConfig
	listener, err := listen.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	fmt.Fprintf(out, "http://%s\n", listener.Addr())
	web := &http.Server{Handler: s.handler(), ReadHeaderTimeout: time.Minute}
	go func() {
		_, _ = io.Copy(io.Discard, in) // its end is the signal, whatever it is
		_ = web.Close()
	}()
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// handler: loadgen asks for SOMETHING/matrix.
func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/ok/matrix", s.ok)
	mux.HandleFunc("/ok/stream", s.ok)
	mux.HandleFunc("/slow/matrix", s.slow)
	mux.HandleFunc("/broken/{kind}/matrix", s.broken)
	mux.HandleFunc("/control/stall", s.stall)
	mux.HandleFunc("/control/report", s.report)
	return mux
}

func (s *server) ok(w http.ResponseWriter, r *http.Request) {
	s.gate.RLock()
	defer s.gate.RUnlock()
	s.journal.count(r)
	_, _ = io.WriteString(w, "ok")
	if s.until.Load() > 0 && s.until.Add(-1) == 0 {
		go s.hold(time.Duration(s.length.Load()))
	}
}

// slow takes as long as is drawn, and notes how long it took: its timer adds a little.
func (s *server) slow(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	drawn := s.draw()
	time.Sleep(drawn)
	s.journal.count(r)
	s.journal.time(drawn, time.Since(began))
	_, _ = io.WriteString(w, "ok")
}

// draw returns 10 to 200 ms: nine of ten evenly up to 60 ms, the others evenly from there.
func (s *server) draw() time.Duration {
	s.random.Lock()
	defer s.random.Unlock()
	millis := 10 + 50*s.random.Float64()
	if s.random.Float64() < 0.1 {
		millis = 60 + 140*s.random.Float64()
	}
	return time.Duration(millis * float64(time.Millisecond))
}

// stall holds all answers of ok back for a time, as soon as there have been so many more of them.
func (s *server) stall(w http.ResponseWriter, r *http.Request) {
	length, err := time.ParseDuration(r.FormValue("for"))
	after, errAfter := strconv.ParseInt(r.FormValue("after"), 10, 64)
	if err := errors.Join(err, errAfter); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.length.Store(int64(length))
	s.until.Store(after)
	if after == 0 {
		s.hold(length)
	}
}

func (s *server) hold(length time.Duration) {
	s.gate.Lock()
	defer s.gate.Unlock()
	time.Sleep(length)
}

// report tells all since the last report, and forgets it.
func (s *server) report(w http.ResponseWriter, _ *http.Request) {
	_ = json.NewEncoder(w).Encode(s.journal.turn())
}
