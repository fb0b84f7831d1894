package main

import (
	"io"
	"net"
	"net/http"
	"strings"
)

// kinds are the ways in which broken answers fail, by the names that loadgen has for them.
var kinds = []string{"success", "status_404", "status_500", "status_503", "reset", "truncated", "malformed", "timeout"}

// broken fails in the way that the path names, or in each way in turn.
func (s *server) broken(w http.ResponseWriter, r *http.Request) {
	kind := r.PathValue("kind")
	if kind == "each" {
		kind = s.journal.nextKind()
	}
	s.journal.countKind(kind)
	switch kind {
	case "success":
		_, _ = io.WriteString(w, "ok")
	case "status_404":
		w.WriteHeader(http.StatusNotFound)
	case "status_500":
		w.WriteHeader(http.StatusInternalServerError)
	case "status_503":
		w.WriteHeader(http.StatusServiceUnavailable)
	case "timeout":
		<-r.Context().Done()
	default:
		s.hijack(w, kind)
	}
}

// hijack writes what no HTTP server would.
func (s *server) hijack(w http.ResponseWriter, kind string) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	switch kind {
	case "reset":
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	case "truncated":
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
	case "malformed":
		_, _ = io.WriteString(conn, strings.Repeat("\x16\x03garbage", 9)+"\n\n")
	}
}

// nextKind goes through the kinds in turn.
func (j *journal) nextKind() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.turns++
	return kinds[j.turns%len(kinds)]
}

func (j *journal) countKind(kind string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.page.Requests++
	j.page.ByKind[kind]++
}
