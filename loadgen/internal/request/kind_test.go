package request

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
)

func discard() *log.Logger { return log.New(io.Discard, "", 0) }

// dialError wraps an errno as the net package does.
func dialError(errno syscall.Errno) error {
	return fmt.Errorf("get: %w", &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", errno)})
}

func TestKindOf(t *testing.T) {
	tests := []struct {
		err      error
		want     Kind
		answered bool
	}{
		{nil, Success, true},
		{&StatusError{Code: 429}, "status_429", true},
		{fmt.Errorf("%w: %w", errCutOff, dialError(syscall.ECONNREFUSED)), CutOff, false},
		{fmt.Errorf("%w: %w", errTimeout, io.EOF), Timeout, false},
		{dialError(syscall.ETIMEDOUT), Timeout, false},
		{dialError(syscall.ECONNREFUSED), Refused, false},
		{dialError(syscall.ECONNRESET), Reset, false},
		{dialError(syscall.EPIPE), Reset, false},
		{dialError(syscall.EHOSTUNREACH), Unreachable, false},
		{dialError(syscall.ENETUNREACH), Unreachable, false},
		{dialError(syscall.EADDRNOTAVAIL), NoPorts, false},
		{dialError(syscall.EMFILE), NoFiles, false},
		{&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "x"}}, DNS, false},
		{errors.New("something new"), Other, false},
	}
	for _, test := range tests {
		got := KindOf(test.err)
		if got != test.want || got.Answered() != test.answered {
			t.Errorf("%v: got %s, answered %v; want %s, %v", test.err, got, got.Answered(), test.want, test.answered)
		}
	}
}

func TestStatusErrorText(t *testing.T) {
	tests := []struct {
		body string
		code int
		want string
	}{
		{"", 503, "503 Service Unavailable"},
		{"", 599, "599"},
		{"size 9: allowed:\n\t1 to 5\n", 400, "400 Bad Request: size 9: allowed: 1 to 5"},
		{"\x1b[2Jbell\x07 \xff\xfeéa", 400, "400 Bad Request: [2Jbell éa"},
		{strings.Repeat("x", 100_000), 404, "404 Not Found: " + strings.Repeat("x", maxExcerpt)},
	}
	for _, test := range tests {
		server, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(test.code)
			io.WriteString(w, test.body)
		})
		if err := newClient(server.URL, patient, false).Do(t.Context(), 0, 0); err == nil || err.Error() != test.want {
			t.Errorf("%d with %.20q: got %q, want %q", test.code, test.body, err, test.want)
		}
	}
}
