package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// patience is how long the workload may take over anything that is asked of it here: it is full of clients, and its machine is busy.
const patience = time.Minute

// The workload gives a new connection this long for its first request. A client of a machine that is too busy to send it in time is cut.
const headerTimeout = 5 * time.Second

var errLate = errors.New("this machine is too busy to send the first request in time")

// visitor is a client with a connection of its own, over which it does one thing.
type visitor struct {
	ctx    context.Context
	random *rand.Rand
	conn   *net.TCPConn
	in     *bufio.Reader
}

// visit connects from the loopback address that the number says, so that no address runs out of ports, looks around, does its thing after a
// while, and goes, with or without a goodbye.
func visit(ctx context.Context, address string, number int, random *rand.Rand, act func(*visitor) error) error {
	began := time.Now()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 1, 0, byte(1+number%100))}, Timeout: patience}
	conn, err := dialer.DialContext(ctx, "tcp4", address)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	v := &visitor{ctx, random, conn.(*net.TCPConn), bufio.NewReader(conn)}
	defer v.leave()
	defer context.AfterFunc(ctx, v.leave)()
	_ = conn.SetDeadline(time.Now().Add(patience))
	v.ask("/healthz") // on a connection that is known, requests come when they come
	if _, err := v.answer(http.StatusOK); err != nil {
		if time.Since(began) >= headerTimeout {
			return errLate
		}
		return fmt.Errorf("looking around: %w", err)
	}
	v.wait(2 * time.Second)
	if random.IntN(2) == 0 {
		_ = v.conn.SetLinger(0) // the goodbye is a reset
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	return act(v)
}

// leave closes the connection; what the workload still has to say does not matter.
func (v *visitor) leave() { _ = v.conn.Close() }

// wait lets up to the duration pass.
func (v *visitor) wait(most time.Duration) {
	select {
	case <-v.ctx.Done():
	case <-time.After(time.Duration(v.random.Int64N(int64(most)))):
	}
}

func (v *visitor) send(format string, args ...any) {
	// The workload may have closed the connection by now; what it has answered tells.
	_, _ = fmt.Fprintf(v.conn, format, args...)
}

// ask sends a GET request; headers are whole lines.
func (v *visitor) ask(target string, headers ...string) {
	v.send("GET %s HTTP/1.1\r\nHost: workload\r\n%s\r\n", target, strings.Join(append(headers, ""), "\r\n"))
}

// answer reads a complete answer, which must have one of the statuses, and returns its body.
func (v *visitor) answer(statuses ...int) (string, error) {
	response, err := http.ReadResponse(v.in, nil)
	if err != nil {
		return "", fmt.Errorf("no answer: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return "", fmt.Errorf("an incomplete answer, %q: %w", body, err)
	}
	if !slices.Contains(statuses, response.StatusCode) {
		return "", fmt.Errorf("%s: %s", response.Status, body)
	}
	if response.StatusCode == http.StatusServiceUnavailable && response.Header.Get("Retry-After") == "" {
		return "", errors.New("503 without Retry-After")
	}
	return string(body), nil
}

// closed reads until the workload closes the connection.
func (v *visitor) closed() error {
	_, err := io.Copy(io.Discard, v.in)
	if network, ok := errors.AsType[net.Error](err); ok && network.Timeout() {
		return fmt.Errorf("not closed within %v", patience)
	}
	return nil
}

// key is a header line that says who is asking: one of many users, or nobody.
func (v *visitor) key() string {
	switch user := v.random.IntN(5000); v.random.IntN(3) {
	case 0:
		return fmt.Sprintf("X-User-ID: %d", user)
	case 1:
		return fmt.Sprintf("Cookie: user_id=%d", user)
	default:
		return "X-Nobody: yes"
	}
}
