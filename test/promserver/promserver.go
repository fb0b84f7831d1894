// Package promserver runs a real Prometheus for a test.
package promserver

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Server is a Prometheus on this machine.
type Server struct {
	URL     string // by http, unless its own web configuration says otherwise
	Address string // host and port, the same after a restart
	flags   []string
	command *exec.Cmd
	log     *log
}

const (
	binary = "../../bin/prometheus" // of a package in a folder of test/
	// startTime is how long a Prometheus may take to listen, and to be ready.
	startTime = time.Minute
)

// Start runs bin/prometheus with a configuration and further flags until the test ends. It returns when Prometheus is ready. A test is
// skipped where it was not built.
func Start(t testing.TB, config string, flags ...string) *Server {
	t.Helper()
	if _, err := os.Stat(binary); err != nil {
		t.Skip("needs a Prometheus: make bin/prometheus")
	}
	folder := t.TempDir()
	file := filepath.Join(folder, "prometheus.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &Server{
		Address: "127.0.0.1:0",
		flags:   append([]string{"--config.file=" + file, "--storage.tsdb.path=" + filepath.Join(folder, "data")}, flags...),
	}
	s.Restart(t)
	t.Cleanup(func() {
		s.Stop()
		if t.Failed() {
			t.Logf("Prometheus said:\n%s", s.log)
		}
	})
	return s
}

// Restart starts it again after Stop, with its data and at the same address.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	flags := append([]string{"--web.listen-address=" + s.Address}, s.flags...)
	s.command = exec.CommandContext(context.Background(), binary, flags...) // Stop ends it, by another signal than a context would
	s.log = &log{listening: make(chan string, 1), ready: make(chan struct{}, 1)}
	said, stderr := io.Pipe()
	s.command.Stderr = stderr
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	go s.log.follow(bufio.NewScanner(said))
	ctx, cancel := context.WithTimeout(t.Context(), startTime)
	defer cancel()
	if err := s.await(ctx); err != nil {
		s.Stop()
		t.Fatalf("%v; it says:\n%s", err, s.log)
	}
}

func (s *Server) await(ctx context.Context) error {
	select {
	case s.Address = <-s.log.listening:
		s.URL = "http://" + s.Address
	case <-ctx.Done():
		return fmt.Errorf("prometheus does not listen: %w", ctx.Err())
	}
	select {
	case <-s.log.ready:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("prometheus is not ready: %w", ctx.Err())
	}
}

// Stop ends it, if it runs, as a pod's end does.
func (s *Server) Stop() {
	_ = s.command.Process.Signal(syscall.SIGTERM) // it may have ended
	_ = s.command.Wait()                          // by that signal
}

// log is what Prometheus says.
type log struct {
	listening chan string   // gets the address
	ready     chan struct{} // gets one element
	mu        sync.Mutex    // guards lines
	lines     []string
}

var listens = regexp.MustCompile(`msg="Listening on".* address=(\S+)`)

func (l *log) follow(lines *bufio.Scanner) {
	for lines.Scan() {
		if found := listens.FindStringSubmatch(lines.Text()); found != nil {
			select {
			case l.listening <- found[1]:
			default:
			}
		}
		if strings.Contains(lines.Text(), "Server is ready to receive web requests.") {
			select {
			case l.ready <- struct{}{}:
			default:
			}
		}
		l.mu.Lock()
		l.lines = append(l.lines, lines.Text())
		l.mu.Unlock()
	}
}

// String returns all of it.
func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}
