// Package client makes the HTTP clients that the configuration describes. Credentials stay where they are kept, in files and Secrets,
// and are read again while the adapter runs, so that their rotation is followed. One that cannot be read fails the request, with an
// error that names it: no request goes out without the credentials that it should carry.
package client

import (
	"net"
	"net/http"
	"net/url"
	"time"

	pconfig "github.com/prometheus/common/config"

	"userscale.dev/userscale/pkg/config"
)

// headerLimit bounds the headers of a Prometheus's answer, in bytes.
const headerLimit = 64 << 10

// ForPods returns what asks pods: base, with what c adds to it. Whatever base does not do (use a proxy, say) is not done.
func ForPods(base *http.Transport, c *config.Client, credentials *Credentials) http.RoundTripper {
	return withTLS(base, c.TLS, credentials, func(t http.RoundTripper) http.RoundTripper {
		return withAuthorization(t, c, credentials)
	})
}

// ForPrometheus returns what asks a Prometheus. Its configuration is one that Validate accepts.
func ForPrometheus(s *config.PrometheusServer, credentials *Credentials) http.RoundTripper {
	proxy := proxyOf(s)
	base := &http.Transport{
		Proxy:                  proxy.Proxy(),
		DialContext:            (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConnsPerHost:    2,
		MaxResponseHeaderBytes: headerLimit,
		ForceAttemptHTTP2:      true,
		ExpectContinueTimeout:  time.Second,
	}
	return withTLS(base, s.TLS, credentials, func(t http.RoundTripper) http.RoundTripper {
		t = withAuthorization(t, &s.Client, credentials)
		t = withOAuth2(t, s.OAuth2, proxy, credentials)
		return withHeaders(t, s.Headers, credentials)
	})
}

// proxyOf honours the usual proxy variables: unlike a pod, a Prometheus may well be outside the cluster.
func proxyOf(s *config.PrometheusServer) pconfig.ProxyConfig {
	if u, err := url.Parse(s.ProxyURL); err == nil && s.ProxyURL != "" {
		return pconfig.ProxyConfig{ProxyURL: pconfig.URL{URL: u}}
	}
	return pconfig.ProxyConfig{ProxyFromEnvironment: true}
}
