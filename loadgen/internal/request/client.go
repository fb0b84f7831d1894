// Package request makes one request and says exactly how it ended.
package request

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
)

// maxExcerpt is how many bytes of an answer other than 2xx are kept to show.
const maxExcerpt = 200

// Config is what requests are like.
type Config struct {
	URLs        []*url.URL    // one for each scenario
	Timeout     time.Duration // of a request, from dialing to the last byte of its answer
	KeepAlive   bool          // reuse connections; without it every request opens its own
	Connections int           // how many are kept at most
	UserKey     UserKey
}

// Client makes requests. It is safe for concurrent use.
type Client struct {
	config      Config
	transport   *http.Transport
	connections atomic.Int64
}

// NewClient returns a client. It speaks HTTP/1.1, since HTTP/2 would put all users on one connection, and goes straight to the
// target: a proxy from the environment would be what is measured. It follows no redirects.
func NewClient(config Config) *Client {
	c := &Client{config: config}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	c.transport = &http.Transport{
		DialContext:         c.dial,
		DisableKeepAlives:   !config.KeepAlive,
		DisableCompression:  true,
		MaxIdleConnsPerHost: config.Connections,
		Protocols:           protocols,
	}
	return c
}

// Connections is how many connections have been opened so far.
func (c *Client) Connections() int64 { return c.connections.Load() }

// Do makes one user's request of a scenario, an index of the URLs, and reads its whole answer. The error is nil for a complete 2xx;
// KindOf tells the others apart.
func (c *Client) Do(ctx context.Context, scenario, user int) error {
	limited, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	err := c.get(limited, scenario, user)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", errCutOff, err)
	case limited.Err() != nil:
		return fmt.Errorf("%w after %s: %w", errTimeout, c.config.Timeout, err)
	}
	return err
}

func (c *Client) get(ctx context.Context, scenario, user int) error {
	target := c.config.URLs[scenario]
	req := &http.Request{Method: http.MethodGet, URL: target, Host: target.Host, Header: c.config.UserKey.header(user)}
	resp, err := c.transport.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return notHTTP(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return refusal(resp)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return truncated(err)
}

// refusal reads a complete answer that is not 2xx.
func refusal(resp *http.Response) error {
	excerpt, err := read(resp.Body)
	if err != nil {
		return truncated(err)
	}
	return &StatusError{Code: resp.StatusCode, Excerpt: excerpt}
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
