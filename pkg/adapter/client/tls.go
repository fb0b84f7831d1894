package client

import (
	"context"
	"crypto/tls"
	"net/http"
	"sync"

	pconfig "github.com/prometheus/common/config"

	"userscale.dev/userscale/pkg/config"
)

// withTLS returns base with c's TLS settings, and on it what authorize adds.
func withTLS(base *http.Transport, c *config.TLS, credentials *Credentials, authorize func(http.RoundTripper) http.RoundTripper) http.RoundTripper {
	if c == nil {
		return authorize(base)
	}
	on := func(t *tls.Config) (http.RoundTripper, error) { //nolint:unparam // the library wants it so
		transport := base.Clone()
		transport.TLSClientConfig = t
		return authorize(transport), nil
	}
	return &onceReadable{open: func(ctx context.Context) (http.RoundTripper, error) {
		settings := pconfig.TLSConfig{
			CARef: credentials.ref(c.CA), CertRef: credentials.ref(c.Certificate), KeyRef: credentials.ref(c.Key),
			ServerName: c.ServerName, InsecureSkipVerify: c.InsecureSkipVerify,
		}
		t, err := pconfig.NewTLSConfigWithContext(ctx, &settings, pconfig.WithSecretManager(credentials))
		if err != nil {
			return nil, err
		}
		// It looks for another CA, certificate or key at every request.
		return pconfig.NewTLSRoundTripperWithContext(ctx, t, pconfig.TLSRoundTripperSettings{
			CA: credentials.reader(c.CA), Cert: credentials.reader(c.Certificate), Key: credentials.reader(c.Key),
		}, on)
	}}
}

// onceReadable is opened by the first request that finds the credentials readable: that a Secret is missing is no reason not to
// start, and once it is there nothing needs a restart.
type onceReadable struct {
	open func(context.Context) (http.RoundTripper, error)
	mu   sync.Mutex // guards next, and lets one request at a time open it
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (o *onceReadable) RoundTrip(r *http.Request) (*http.Response, error) {
	next, err := o.opened(r.Context())
	if err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	return next.RoundTrip(r)
}

func (o *onceReadable) opened(ctx context.Context) (http.RoundTripper, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.next == nil {
		next, err := o.open(ctx)
		if err != nil {
			return nil, err
		}
		o.next = next
	}
	return o.next, nil
}
