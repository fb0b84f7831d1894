package request

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// Kind is how a request ended: Success, CutOff, one of the error kinds below, or status_ and an HTTP status that is not 2xx.
type Kind string

// The kinds.
const (
	Success     Kind = "success"     // a complete 2xx
	CutOff      Kind = "cut_off"     // ended by the user before its answer was complete; not the target's error
	NotSent     Kind = "not_sent"    // due, but too many were in flight already, or this machine is too slow for the rate
	Timeout     Kind = "timeout"     // no complete answer in time
	Refused     Kind = "refused"     // nobody listens there
	Reset       Kind = "reset"       // the connection was reset, or closed before the answer's body began
	Truncated   Kind = "truncated"   // the connection was closed within the answer's body
	Malformed   Kind = "malformed"   // what came back is not HTTP
	DNS         Kind = "dns"         // the host's name was not resolved
	Unreachable Kind = "unreachable" // no route to the host
	TLS         Kind = "tls"         // the handshake failed
	NoPorts     Kind = "no_ports"    // this machine has no port left for a connection to that address
	NoFiles     Kind = "no_files"    // this machine has no file descriptor left
	Other       Kind = "other"       // none of these
)

const statusPrefix = "status_"

var (
	errCutOff    = errors.New("cut off")
	errTimeout   = errors.New("timed out")
	errTruncated = errors.New("read the answer's body")
	errMalformed = errors.New("not HTTP")
)

// truncated marks an answer whose body ends too early. A body that is not as HTTP wants it, in its chunks say, is no HTTP.
func truncated(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: %w", errTruncated, err)
	}
	return notHTTP(fmt.Errorf("read the answer: %w", err))
}

// notHTTP marks an error that is neither the network's nor TLS's: net/http has no type for what it can't parse.
func notHTTP(err error) error {
	var network net.Error
	if errors.As(err, &network) || isTLS(err) || kindOfSystemError(err) != Other || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%w: %w", errMalformed, err)
}

// StatusError is a complete answer whose status is not 2xx. Redirects are such answers: they are not followed.
type StatusError struct {
	Code    int
	Excerpt string // how the body begins, on one line
}

// Error names the status and what the target said about it.
func (e *StatusError) Error() string {
	text := strings.TrimSpace(fmt.Sprintf("%d %s", e.Code, http.StatusText(e.Code)))
	if e.Excerpt != "" {
		text += ": " + e.Excerpt
	}
	return text
}

// Answered says whether the target gave a complete answer, if only to say no.
func (k Kind) Answered() bool { return k == Success || strings.HasPrefix(string(k), statusPrefix) }

// KindOf classifies what Client.Do returned.
func KindOf(err error) Kind {
	var status *StatusError
	switch {
	case err == nil:
		return Success
	case errors.As(err, &status):
		return Kind(fmt.Sprint(statusPrefix, status.Code))
	case errors.Is(err, errCutOff):
		return CutOff
	case errors.Is(err, errTimeout), errors.Is(err, syscall.ETIMEDOUT):
		return Timeout
	case errors.Is(err, errTruncated):
		return Truncated
	case errors.Is(err, errMalformed):
		return Malformed
	case isDNS(err):
		return DNS
	case isTLS(err):
		return TLS
	}
	return kindOfSystemError(err)
}

func kindOfSystemError(err error) Kind {
	for _, system := range []struct {
		err  error
		kind Kind
	}{
		{syscall.ECONNREFUSED, Refused},
		{syscall.ECONNRESET, Reset},
		{syscall.EPIPE, Reset},
		{io.ErrUnexpectedEOF, Reset},
		{io.EOF, Reset},
		{syscall.EHOSTUNREACH, Unreachable},
		{syscall.ENETUNREACH, Unreachable},
		{syscall.EADDRNOTAVAIL, NoPorts},
		{syscall.EMFILE, NoFiles},
		{syscall.ENFILE, NoFiles},
	} {
		if errors.Is(err, system.err) {
			return system.kind
		}
	}
	return Other
}

func isDNS(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns)
}

func isTLS(err error) bool {
	var (
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
	)
	return errors.As(err, &certificate) || errors.As(err, &record) || errors.As(err, &alert)
}
