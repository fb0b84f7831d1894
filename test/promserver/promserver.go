// Package promserver runs a real Prometheus for a test.
package promserver

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
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

// Server is a running Prometheus on this machine.
type Server struct {
	URL     string
	command *exec.Cmd
	log     *log
}

// startTime is how long a Prometheus may take to listen, and to be ready.
const startTime = time.Minute

// Start runs bin/prometheus with a configuration and further flags until the test ends. It returns when Prometheus is ready. A test is
// skipped where it was not built.
func Start(t testing.TB, config string, flags ...string) *Server {
	t.Helper()
	const binary = "../../bin/prometheus" // of a package in a folder of test/
	if _, err := os.Stat(binary); err != nil {
		t.Skip("needs a Prometheus: make bin/prometheus")
	}
	folder := t.TempDir()
	file := filepath.Join(folder, "prometheus.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	flags = append([]string{"--config.file=" + file, "--storage.tsdb.path=" + filepath.Join(folder, "data"),
		"--web.listen-address=127.0.0.1:0"}, flags...)
	command := exec.CommandContext(context.Background(), binary, flags...) // stop ends it, by another signal than a context would
	s := &Server{command: command, log: &log{listening: make(chan string, 1)}}
	said, stderr := io.Pipe()
	s.command.Stderr = stderr
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	go s.log.follow(bufio.NewScanner(said))
	t.Cleanup(func() { s.stop(t) })
	ctx, cancel := context.WithTimeout(t.Context(), startTime)
	defer cancel()
	if err := s.ready(ctx); err != nil {
		t.Fatalf("%v; it says:\n%s", err, s.log)
	}
	return s
}

func (s *Server) ready(ctx context.Context) error {
	select {
	case address := <-s.log.listening:
		s.URL = "http://" + address
	case <-ctx.Done():
		return fmt.Errorf("prometheus does not listen: %w", ctx.Err())
	}
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/-/ready", nil)
		if err != nil {
			return err
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return fmt.Errorf("prometheus is not ready: %w", ctx.Err())
		}
	}
}

func (s *Server) stop(t testing.TB) {
	_ = s.command.Process.Signal(syscall.SIGTERM) // it may have ended
	_ = s.command.Wait()                          // by that signal
	if t.Failed() {
		t.Logf("Prometheus said:\n%s", s.log)
	}
}

// log is what Prometheus says.
type log struct {
	listening chan string // gets the address
	mu        sync.Mutex  // guards lines
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
