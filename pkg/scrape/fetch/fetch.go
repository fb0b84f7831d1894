// Package fetch gets one page from a pod, at the pod's own IP and nowhere else: no name is resolved, no proxy used, no redirect
// followed. Whatever the pod sends, its head, its body and the time that it takes are bounded.
package fetch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"userscale.dev/userscale/pkg/sample"
)

// Client gets pages. It may be used concurrently.
type Client struct {
	transport http.RoundTripper
	header    http.Header         // shared by all requests, which no RoundTripper writes to
	large     *semaphore.Weighted // see page.go
}

// New returns a client that asks for the media types of accept. The transport may be one around NewTransport's, which says who the
// adapter is; nil stands for NewTransport(nil).
func New(accept string, transport http.RoundTripper) *Client {
	if transport == nil {
		transport = NewTransport(nil)
	}
	return &Client{
		transport: transport,
		header: http.Header{
			"Accept":          {accept},
			"Accept-Encoding": {"identity"}, // bodies are small, and a compressed one has no bound on what it unpacks to
			"User-Agent":      {"userscale-adapter"},
		},
		large: semaphore.NewWeighted(largeBodies),
	}
}

// Get asks the pod with that IP for its target until ctx ends, which needs a deadline. The page has to be released. ReasonOf sorts the
// errors.
func (c *Client) Get(ctx context.Context, ip string, target *sample.Target) (Page, error) {
	request, err := c.newRequest(ctx, ip, target)
	if err != nil {
		return Page{}, err
	}
	page, err := c.get(request)
	if err != nil {
		return Page{}, fmt.Errorf("get %s: %w", request.URL, err)
	}
	return page, nil
}

func (c *Client) get(request *http.Request) (Page, error) {
	start := time.Now()
	response, err := c.transport.RoundTrip(request) // which on its own follows no redirect and keeps no cookie
	if err != nil {
		return Page{}, err
	}
	defer response.Body.Close()
	at := start.Add(time.Since(start) / 2)
	if response.StatusCode != http.StatusOK {
		return Page{}, sample.Refuse(sample.ReasonStatus, "status %d, want 200", response.StatusCode)
	}
	if encoding := response.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return Page{}, sample.Refuse(sample.ReasonMalformed, "content encoding %q, want none", encoding)
	}
	page := Page{ContentType: response.Header.Get("Content-Type"), Time: at, URL: request.URL}
	if err := c.read(request.Context(), response.Body, &page); err != nil {
		page.Release()
		return Page{}, err
	}
	return page, nil
}

func (c *Client) newRequest(ctx context.Context, pod string, target *sample.Target) (*http.Request, error) {
	ip, err := netip.ParseAddr(pod)
	if err != nil {
		return nil, fmt.Errorf("pod IP: %w", err)
	}
	if ip.Zone() != "" {
		return nil, fmt.Errorf("pod IP: %q has a zone, want an address alone", pod)
	}
	path, err := url.ParseRequestURI(target.Path)
	if err != nil {
		return nil, fmt.Errorf("path: %w", err)
	}
	u := &url.URL{
		Scheme:   target.Scheme,
		Host:     net.JoinHostPort(ip.String(), strconv.Itoa(target.Port)),
		Path:     path.Path,
		RawPath:  path.RawPath,
		RawQuery: strings.ReplaceAll(path.RawQuery, " ", "%20"), // a query is sent as it is, and a space would end the request's line
	}
	return (&http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: c.header}).WithContext(ctx), nil
}
