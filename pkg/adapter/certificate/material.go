package certificate

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"
)

// How long certificates live. Each is replaced when two thirds of its life are over.
const (
	authorityLife = 10 * 365 * 24 * time.Hour
	servingLife   = 365 * 24 * time.Hour
	clockSkew     = 5 * time.Minute // how much later the API server's clock may be behind ours
)

// material is what the Secret holds, in PEM.
type material struct {
	bundle  []byte // the certificates of the CA in use, first, then of those before it that were valid when it was made
	caKey   []byte // of the bundle's first
	serving []byte
	key     []byte
}

// renew returns material that is good at now: the same where it still is, with new parts where it is not. Whatever cannot
// be read counts as absent: an empty Secret, or one that someone wrote something else into.
func (m material) renew(now time.Time, names []string) (material, error) {
	ca, err := m.authority(now)
	if err != nil {
		ca, err = newAuthority(now)
		if err != nil {
			return material{}, err
		}
		m.bundle = append(encode(ca.certificate), stillValid(m.bundle, now)...)
		if m.caKey, err = keyutil.MarshalPrivateKeyToPEM(ca.key); err != nil {
			return material{}, fmt.Errorf("encode the CA's key: %w", err)
		}
	}
	if m.servesUntil(ca, names).After(now) {
		return m, nil
	}
	m.serving, m.key, err = ca.issue(now, names)
	return m, err
}

func (m material) equal(o material) bool {
	return bytes.Equal(m.bundle, o.bundle) && bytes.Equal(m.caKey, o.caKey) &&
		bytes.Equal(m.serving, o.serving) && bytes.Equal(m.key, o.key)
}

// servesUntil is when the serving certificate is due to be replaced: the past, unless it is the CA's and has all the names.
func (m material) servesUntil(ca authority, names []string) time.Time {
	pair, err := tls.X509KeyPair(m.serving, m.key)
	if err != nil || pair.Leaf.CheckSignatureFrom(ca.certificate) != nil {
		return time.Time{}
	}
	for _, name := range names {
		if pair.Leaf.VerifyHostname(name) != nil {
			return time.Time{}
		}
	}
	return renewal(pair.Leaf)
}

// renewal is when two thirds of a certificate's life are over.
func renewal(c *x509.Certificate) time.Time {
	return c.NotBefore.Add(c.NotAfter.Sub(c.NotBefore) / 3 * 2)
}

type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// authority returns the CA in use, or an error if there is none or it is due to be replaced.
func (m material) authority(now time.Time) (authority, error) {
	pair, err := tls.X509KeyPair(m.bundle, m.caKey)
	if err != nil {
		return authority{}, err
	}
	key, ok := pair.PrivateKey.(crypto.Signer)
	if !ok || !pair.Leaf.IsCA || !renewal(pair.Leaf).After(now) {
		return authority{}, fmt.Errorf("CA of %v is not good at %v", pair.Leaf.NotBefore, now)
	}
	return authority{pair.Leaf, key}, nil
}

// stillValid returns the certificates of a bundle that have not expired, so that what they signed is trusted to the end.
func stillValid(bundle []byte, now time.Time) []byte {
	certificates, err := cert.ParseCertsPEM(bundle)
	if err != nil {
		return nil
	}
	var valid []byte
	for _, c := range certificates {
		if c.IsCA && now.Before(c.NotAfter) {
			valid = append(valid, encode(c)...)
		}
	}
	return valid
}

func newAuthority(now time.Time) (authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, fmt.Errorf("make the CA's key: %w", err)
	}
	template := &x509.Certificate{
		// A name of its own per CA: the same name with another key would make verifiers try the wrong one.
		Subject:               pkix.Name{CommonName: fmt.Sprintf("userscale-adapter-ca@%d", now.Unix())},
		NotBefore:             now.Add(-clockSkew),
		NotAfter:              now.Add(authorityLife),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	certificate, err := sign(template, template, key.Public(), key)
	return authority{certificate, key}, err
}

// issue makes a serving certificate and its key.
func (a authority) issue(now time.Time, names []string) (certificate, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make the serving key: %w", err)
	}
	leaf, err := sign(&x509.Certificate{
		Subject:     pkix.Name{CommonName: names[0]},
		DNSNames:    names,
		NotBefore:   now.Add(-clockSkew),
		NotAfter:    now.Add(servingLife),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, a.certificate, private.Public(), a.key)
	if err != nil {
		return nil, nil, err
	}
	key, err = keyutil.MarshalPrivateKeyToPEM(private)
	if err != nil {
		return nil, nil, fmt.Errorf("encode the serving key: %w", err)
	}
	return encode(leaf), key, nil
}

func sign(template, parent *x509.Certificate, public crypto.PublicKey, key crypto.Signer) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("draw a serial number: %w", err)
	}
	template.SerialNumber = serial
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	if err != nil {
		return nil, fmt.Errorf("sign certificate of %s: %w", template.Subject.CommonName, err)
	}
	return x509.ParseCertificate(der)
}

func encode(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: cert.CertificateBlockType, Bytes: c.Raw})
}
