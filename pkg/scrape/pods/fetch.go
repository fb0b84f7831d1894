package pods

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"userscale.dev/userscale/pkg/sample"
)

// newTransport keeps one idle connection per pod, longer than any sensible interval.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  nil, // a proxy from the environment would make the pod's IP someone else's
		DialContext:            (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: headerLimit,
		DisableCompression:     true, // bodies are small, and a compressed one has no bound on what it unpacks to
	}
}

// header is shared by all requests, which the transport does not write to.
var header = http.Header{
	"Accept":     {"application/json, text/plain;version=0.0.4;q=0.5"},
	"User-Agent": {"userscale-adapter"},
}

// refusal is an error with its reason.
type refusal struct {
	reason sample.Reason
	err    error
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

func refuse(reason sample.Reason, format string, args ...any) error {
	return &refusal{reason, fmt.Errorf(format, args...)}
}

// ask gets one pod's reading. Its time is the middle of the request, from sending to the first byte of the answer: the
// value was measured somewhere in between, so that this is at most half a round trip off.
func (s *Source) ask(ctx context.Context, pod *sample.Pod) answer {
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	read, at, err := s.fetch(ctx, pod)
	if err != nil {
		return answer{failure: sample.Failure{Pod: pod.UID, Reason: reasonOf(err), Err: err}}
	}
	return answer{
		sample:     sample.Sample{Pod: pod.UID, Value: read.value, Time: at},
		counter:    read.counter,
		hasCounter: read.hasCounter,
	}
}

func (s *Source) fetch(ctx context.Context, pod *sample.Pod) (reading, time.Time, error) {
	request, err := newRequest(ctx, pod.IP, pod.Target(s.config.Metric))
	if err != nil {
		return reading{}, time.Time{}, err
	}
	start := time.Now()
	// The transport on its own follows no redirect and keeps no cookie.
	response, err := s.transport.RoundTrip(request)
	if err != nil {
		return reading{}, time.Time{}, fmt.Errorf("get %s: %w", request.URL, err)
	}
	defer response.Body.Close()
	at := start.Add(time.Since(start) / 2)
	read, err := s.read(response)
	if err != nil {
		return reading{}, time.Time{}, fmt.Errorf("get %s: %w", request.URL, err)
	}
	return read, at, nil
}

func newRequest(ctx context.Context, podIP string, target *sample.Target) (*http.Request, error) {
	ip, err := netip.ParseAddr(podIP)
	if err != nil {
		return nil, fmt.Errorf("pod IP: %w", err)
	}
	if ip.Zone() != "" {
		return nil, fmt.Errorf("pod IP: %q has a zone, want an address alone", podIP)
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
	return (&http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: header}).WithContext(ctx), nil
}

// buffers hold bodies; a large one is left to the garbage collector, so that one bad body does not cost memory for good.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const keptBuffer = 64 << 10

func (s *Source) read(r *http.Response) (reading, error) {
	if r.StatusCode != http.StatusOK {
		return reading{}, refuse(sample.ReasonStatus, "status %d, want 200", r.StatusCode)
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return reading{}, refuse(sample.ReasonMalformed, "content encoding %q, want none", encoding)
	}
	body := buffers.Get().(*bytes.Buffer)
	body.Reset()
	defer func() {
		if body.Cap() <= keptBuffer {
			buffers.Put(body)
		}
	}()
	n, err := body.ReadFrom(io.LimitReader(r.Body, bodyLimit+1))
	if err != nil {
		return reading{}, fmt.Errorf("read body: %w", err)
	}
	if n > bodyLimit {
		return reading{}, refuse(sample.ReasonTooLarge, "body over %d bytes", bodyLimit)
	}
	return parse(r.Header.Get("Content-Type"), body.Bytes(), s.config.Field, s.config.Counter)
}

// reasonOf sorts an error into the closed set of reasons. What says nothing else of itself happened on the connection.
func reasonOf(err error) sample.Reason {
	var r *refusal
	var timeout net.Error
	switch {
	case errors.As(err, &r):
		return r.reason
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return sample.ReasonTimeout
	default:
		return sample.ReasonConnection
	}
}
