package client

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	pconfig "github.com/prometheus/common/config"

	"userscale.dev/userscale/pkg/config"
)

func withAuthorization(next http.RoundTripper, c *config.Client, credentials *Credentials) http.RoundTripper {
	switch {
	case c.BasicAuth != nil:
		return pconfig.NewBasicAuthRoundTripper(pconfig.NewInlineSecret(c.BasicAuth.Username),
			credentials.reader(&c.BasicAuth.Password), next)
	case c.BearerToken != nil:
		return pconfig.NewAuthorizationCredentialsRoundTripper("Bearer", credentials.reader(c.BearerToken), next)
	default:
		return next
	}
}

// tokenTimeout bounds the way to a token, which does not end with the request that needs it.
const tokenTimeout = 4 * time.Second

// withOAuth2 gets tokens from a server that the system's certificate authorities vouch for, and keeps each until it expires.
func withOAuth2(next http.RoundTripper, c *config.OAuth2, proxy pconfig.ProxyConfig, credentials *Credentials) http.RoundTripper {
	if c == nil {
		return next
	}
	settings := &pconfig.OAuth2{ClientID: c.ClientID, TokenURL: c.TokenURL, Scopes: c.Scopes, ProxyConfig: proxy}
	return pconfig.NewOAuth2RoundTripper(credentials.reader(&c.ClientSecret), settings, next,
		pconfig.WithDialContextFunc(dialForToken), pconfig.WithKeepAlivesDisabled())
}

// dialForToken opens a connection that ends by itself, because nothing else ends a request for a token.
func dialForToken(ctx context.Context, network, address string) (net.Conn, error) {
	deadline := time.Now().Add(tokenTimeout)
	conn, err := (&net.Dialer{Deadline: deadline}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return conn, conn.SetDeadline(deadline)
}

func withHeaders(next http.RoundTripper, headers []config.Header, credentials *Credentials) http.RoundTripper {
	if len(headers) == 0 {
		return next
	}
	h := &header{next: next}
	for i := range headers {
		var value pconfig.SecretReader = pconfig.NewInlineSecret(headers[i].Value)
		if headers[i].Credential != nil {
			value = credentials.reader(headers[i].Credential)
		}
		h.fields = append(h.fields, field{headers[i].Name, value})
	}
	return h
}

// header adds fields to the header of each request. Unlike the library's, their values may be in Secrets.
type header struct {
	next   http.RoundTripper
	fields []field
}

type field struct {
	name  string
	value pconfig.SecretReader
}

// RoundTrip implements http.RoundTripper.
func (h *header) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context()) // a round tripper may not change the request that it was given
	for _, f := range h.fields {
		value, err := f.value.Fetch(r.Context())
		if err != nil {
			if r.Body != nil {
				r.Body.Close()
			}
			return nil, fmt.Errorf("header %s: %w", f.name, err)
		}
		r.Header.Set(f.name, value)
	}
	return h.next.RoundTrip(r)
}
