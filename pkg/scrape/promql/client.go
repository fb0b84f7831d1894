package promql

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/api"
	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"k8s.io/klog/v2"
)

// answerLimit bounds what is read of one answer, in bytes; a truncated one does not parse.
const answerLimit = 64 << 20

// Client asks one Prometheus on behalf of one metric. Query must not be called concurrently with itself.
type Client struct {
	url      string
	api      promv1.API
	warnings []string // of the last answer, so that only a change is logged
}

// NewClient returns a client of the Prometheus at a base URL, reached through transport. It contacts nobody; the error is a bad URL's.
func NewClient(url string, transport http.RoundTripper) (*Client, error) {
	client, err := api.NewClient(api.Config{Address: url, RoundTripper: bounded{transport}})
	if err != nil {
		return nil, fmt.Errorf("prometheus at %s: %w", url, err)
	}
	return &Client{url: url, api: promv1.NewAPI(client)}, nil
}

// Query asks once, within timeout, for what a query gives now. An error says nothing of any series.
func (c *Client) Query(ctx context.Context, query string, timeout time.Duration) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	value, warnings, _, err := c.api.Query(ctx, query, time.Now(), promv1.WithTimeout(timeout))
	if err != nil {
		return Answer{}, fmt.Errorf("query %s at %s: %w", query, c.url, withDetail(err))
	}
	points, err := newest(value)
	if err != nil {
		return Answer{}, fmt.Errorf("query %s at %s: %w", query, c.url, err)
	}
	c.logWarnings(ctx, warnings)
	return Answer{Points: points, Partial: len(warnings) > 0}, nil
}

func (c *Client) logWarnings(ctx context.Context, now []string) {
	if slices.Equal(now, c.warnings) {
		return
	}
	c.warnings = now
	if logger := klog.FromContext(ctx); len(now) == 0 {
		logger.Info("Prometheus answers without warnings again", "url", c.url)
	} else {
		logger.Info("Prometheus warns: its answer may be partial", "url", c.url, "warnings", strings.Join(now, "; "))
	}
}

// withDetail adds the beginning of the body, where an error is of a status alone: a proxy's reason for refusing, say.
func withDetail(err error) error {
	const most = 200
	var e *promv1.Error
	if !errors.As(err, &e) || e.Detail == "" {
		return err
	}
	detail := strings.Join(strings.Fields(strings.ToValidUTF8(e.Detail, "?")), " ")
	if len(detail) > most {
		detail = strings.ToValidUTF8(detail[:most], "") + " …"
	}
	return fmt.Errorf("%w: %s", err, detail)
}

// bounded follows no redirect, which could take credentials elsewhere and makes a POST a GET, and reads a body up to the limit.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if to := response.Header.Get("Location"); response.StatusCode/100 == 3 && to != "" {
		response.Body.Close()
		return nil, fmt.Errorf("status %d redirects to %q, and redirects are not followed", response.StatusCode, to)
	}
	response.Body = limitedBody{io.LimitReader(response.Body, answerLimit), response.Body}
	return response, nil
}

type limitedBody struct {
	io.Reader
	io.Closer
}
