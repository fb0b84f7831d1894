package promql

import (
	"io"
	"net"
	"net/http"
	"time"
)

// answerLimit bounds what is read of one answer, in bytes; a truncated one does not parse.
const answerLimit = 64 << 20

// newTransport honours the usual proxy variables: unlike a pod, a Prometheus may well be outside the cluster.
func newTransport() http.RoundTripper {
	return limited{&http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConnsPerHost:   2,
		ForceAttemptHTTP2:     true,
		ExpectContinueTimeout: time.Second,
	}}
}

type limited struct{ next http.RoundTripper }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := l.next.RoundTrip(r)
	if err == nil {
		response.Body = limitedBody{io.LimitReader(response.Body, answerLimit), response.Body}
	}
	return response, err
}

type limitedBody struct {
	io.Reader
	io.Closer
}
