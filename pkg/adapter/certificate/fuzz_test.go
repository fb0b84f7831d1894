package certificate

import (
	"bytes"
	"crypto/tls"
	"testing"
	"time"

	"k8s.io/client-go/util/cert"
)

// FuzzMaterial: of what a Secret holds, only that is used which can be: a CA that has its key, certificates of CAs that have not
// expired, and a serving certificate of that CA with all the names.
func FuzzMaterial(f *testing.F) {
	f.Add([]byte(nil), []byte(nil), []byte(nil), []byte(nil))
	for _, age := range []time.Duration{0, servingLife, authorityLife} {
		m, err := material{}.renew(start.Add(-age), names)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(m.bundle, m.caKey, m.serving, m.key)
		f.Add(append(bytes.Clone(m.bundle), m.serving...), m.caKey, m.serving, m.caKey)
		f.Add(m.serving, m.key, m.serving, m.key)
	}
	f.Fuzz(func(t *testing.T, bundle, caKey, serving, key []byte) {
		m := material{bundle, caKey, serving, key}
		if kept := stillValid(m.bundle, start); len(kept) > 0 {
			certificates, err := cert.ParseCertsPEM(kept)
			if err != nil {
				t.Errorf("keeps of the bundle what cannot be read: %v", err)
			}
			for _, c := range certificates {
				if !c.IsCA || c.NotAfter.Before(start) {
					t.Errorf("keeps %v of the bundle, valid until %v", c.Subject, c.NotAfter)
				}
			}
		}
		ca, err := m.authority(start)
		if err != nil {
			return
		}
		if pair, err := tls.X509KeyPair(encode(ca.certificate), m.caKey); err != nil || !pair.Leaf.IsCA || pair.Leaf.NotAfter.Before(start) {
			t.Errorf("the CA cannot sign: %v", err)
		}
		if !m.servesUntil(ca, names).After(start) {
			return
		}
		pair, err := tls.X509KeyPair(m.serving, m.key)
		if err != nil || pair.Leaf.NotAfter.Before(start) || pair.Leaf.CheckSignatureFrom(ca.certificate) != nil {
			t.Errorf("the serving certificate cannot be served: %v", err)
		}
	})
}
