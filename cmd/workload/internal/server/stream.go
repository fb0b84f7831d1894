package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/munnerz/goautoneg"
)

// chunkInterval is how often a stream sends something: seldom, so that streams load a pod with users and hardly with work.
const chunkInterval = 500 * time.Millisecond

// The forms of a stream; each chunk is one line of JSON or one event that holds it.
const (
	lines  = "application/x-ndjson"
	events = "text/event-stream"
)

// stream keeps a connection busy: it sends a chunk at once, every chunkInterval, and at the end.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) error {
	ms, err := parameter{name: "duration_ms", standard: 2000, max: int(s.config.MaxStream.Milliseconds())}.read(r)
	if err != nil {
		return err
	}
	start := time.Now()
	end := start.Add(time.Duration(ms) * time.Millisecond)
	chunks := beginStream(w, r)
	timer := time.NewTimer(0) // the first chunk is due at once
	defer timer.Stop()
	for {
		select {
		case <-r.Context().Done():
			return r.Context().Err()
		case <-timer.C:
		}
		left := time.Until(end)
		if err := chunks.send(time.Since(start), left <= 0); err != nil || left <= 0 {
			return err
		}
		timer.Reset(min(left, chunkInterval))
	}
}

// chunkWriter sends a stream's chunks as they come.
type chunkWriter struct {
	w      http.ResponseWriter
	format string // of a chunk
}

// beginStream begins an answer of server-sent events for a client that asks for them, and of lines for any other.
func beginStream(w http.ResponseWriter, r *http.Request) chunkWriter {
	contentType, format := lines, "%s\n"
	if goautoneg.Negotiate(r.Header.Get("Accept"), []string{lines, events}) == events {
		contentType, format = events, "data: %s\n\n"
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Vary", "Accept")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold chunks back until it has a buffer full of them
	return chunkWriter{w, format}
}

func (c chunkWriter) send(elapsed time.Duration, done bool) error {
	chunk, err := json.Marshal(struct {
		ElapsedMS float64 `json:"elapsed_ms"`
		Done      bool    `json:"done"`
	}{milliseconds(elapsed), done})
	if err != nil {
		return fmt.Errorf("encoding a chunk: %w", err)
	}
	allowWrite(c.w)
	if _, err = fmt.Fprintf(c.w, c.format, chunk); err == nil {
		err = http.NewResponseController(c.w).Flush()
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errClientGone, err)
	}
	return nil
}
