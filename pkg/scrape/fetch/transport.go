package fetch

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

const (
	// headerLimit bounds a whole head in bytes, those of informational responses before it included.
	headerLimit = 16 << 10
	// connectTimeout ends connecting, and then the TLS handshake, for requests with more time than that. It also ends what requests
	// with less leave behind: the transport goes on connecting after they gave up, and would for minutes where nobody answers.
	connectTimeout = 3 * time.Second
)

// NewTransport returns a transport for pods, to be given to New as it is or with RoundTrippers around it that authenticate. The
// configuration may be nil. One idle connection is kept per pod, longer than any sensible interval.
func NewTransport(c *tls.Config) *http.Transport {
	return &http.Transport{
		Proxy:                  nil, // one from the environment would make the pod's IP someone else's
		DialContext:            (&net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        c,
		TLSHandshakeTimeout:    connectTimeout,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: headerLimit,
		DisableCompression:     true,
	}
}
