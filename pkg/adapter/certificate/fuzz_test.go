package certificate

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"testing"
	"time"
)

// FuzzRenew: whatever a Secret holds, what is made of it can be served and verified, and stays as it is.
func FuzzRenew(f *testing.F) {
	f.Add([]byte(nil), []byte(nil), []byte(nil), []byte(nil))
	for _, age := range []time.Duration{0, servingLife, authorityLife} {
		m, err := material{}.renew(start.Add(-age), names)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(m.bundle, m.caKey, m.serving, m.key)
		f.Add(append(bytes.Clone(m.bundle), m.bundle...), m.caKey, m.serving, m.caKey)
		f.Add(m.serving, m.key, m.serving, m.key)
	}
	f.Fuzz(func(t *testing.T, bundle, caKey, serving, key []byte) {
		m, err := material{bundle, caKey, serving, key}.renew(start, names)
		if err != nil {
			t.Fatal(err)
		}
		pair, err := tls.X509KeyPair(m.serving, m.key)
		if err != nil {
			t.Fatalf("cannot be served: %v", err)
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(m.bundle) {
			t.Fatalf("the bundle holds no certificate: %s", m.bundle)
		}
		for _, name := range names {
			if _, err := pair.Leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots, CurrentTime: start}); err != nil {
				t.Errorf("cannot be verified as %s: %v", name, err)
			}
		}
		again, err := m.renew(start, names)
		if err != nil || !again.equal(m) {
			t.Errorf("is renewed at once again: %v", err)
		}
	})
}
