// Package request makes one request and says exactly how it ended.
package request

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
)

// maxExcerpt is how many bytes of an answer other than 2xx are kept to show.
const maxExcerpt = 200

// Client sends the same GET over and over. It is safe for concurrent use.
type Client struct {
	url         string
	timeout     time.Duration
	http        *http.Client
	connections atomic.Int64
}

// NewClient returns a client for url. timeout covers a request from dialing to the last byte of its answer. Every request opens a
// connection of its own unless keepAlive, which keeps up to concurrency of them. It speaks HTTP/1.1, since HTTP/2 would put all
// users on one connection, and goes straight to the target: a proxy from the environment would be what is measured.
func NewClient(url string, concurrency int, timeout time.Duration, keepAlive bool) *Client {
	c := &Client{url: url, timeout: timeout}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	c.http = &http.Client{
		Transport: &http.Transport{
			DialContext:         c.dial,
			DisableKeepAlives:   !keepAlive,
			DisableCompression:  true,
			MaxIdleConnsPerHost: concurrency,
			Protocols:           protocols,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// Connections is how many connections have been opened so far.
func (c *Client) Connections() int64 { return c.connections.Load() }

// Do makes one request and reads its whole answer. The error is nil for a complete 2xx; KindOf tells the others apart.
func (c *Client) Do(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	err := c.get(limited)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", errCutOff, err)
	case limited.Err() != nil:
		return fmt.Errorf("%w after %s: %w", errTimeout, c.timeout, err)
	}
	return err
}

func (c *Client) get(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url, nil)
	if err != nil {
		return fmt.Errorf("make a request for %s: %w", c.url, err)
	}
	req.Header.Set("User-Agent", "userscale-loadgen")
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	excerpt, err := read(resp.Body)
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return &StatusError{Code: resp.StatusCode, Excerpt: excerpt}
	}
	return nil
}

// read reads a whole answer and returns how it begins: on one line, with nothing in it that could drive a terminal.
func read(body io.Reader) (string, error) {
	beginning, err := io.ReadAll(io.LimitReader(body, maxExcerpt))
	if err != nil {
		return "", err
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		return "", err
	}
	line := strings.Join(strings.Fields(strings.ToValidUTF8(string(beginning), "")), " ")
	return strings.Map(printable, line), nil
}

func printable(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return -1
}

func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, network, address)
	if err == nil {
		c.connections.Add(1)
	}
	return conn, err
}
