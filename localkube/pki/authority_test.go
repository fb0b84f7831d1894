package pki

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
)

func authority(t *testing.T) *Authority {
	t.Helper()
	a, err := NewAuthority("test")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func issue(t *testing.T, a *Authority, id Identity) *x509.Certificate {
	t.Helper()
	pair, err := a.Issue(id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tls.X509KeyPair(pair.Cert, pair.Key); err != nil {
		t.Errorf("certificate and key do not match: %v", err)
	}
	return parse(t, pair.Cert)
}

func parse(t *testing.T, data []byte) *x509.Certificate {
	t.Helper()
	block, rest := pem.Decode(data)
	if block == nil || len(rest) > 0 {
		t.Fatalf("not one PEM block: %s", data)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestIssue(t *testing.T) {
	server := Identity{CommonName: "s", Hosts: []string{"name.svc", "10.0.0.1"}}
	both := Identity{CommonName: "b", Hosts: []string{"name.svc", "10.0.0.1"}, Client: true}
	client := Identity{CommonName: "c", Organizations: []string{"g"}}
	for _, test := range []struct {
		name  string
		id    Identity
		host  string
		usage x509.ExtKeyUsage
		want  string // part of the error; empty: it is trusted
	}{
		{"server by name", server, "name.svc", x509.ExtKeyUsageServerAuth, ""},
		{"server by address", server, "10.0.0.1", x509.ExtKeyUsageServerAuth, ""},
		{"server by another name", server, "other.svc", x509.ExtKeyUsageServerAuth, "valid for name.svc"},
		{"server by another address", server, "10.0.0.2", x509.ExtKeyUsageServerAuth, "valid for 10.0.0.1"},
		{"server as client", server, "", x509.ExtKeyUsageClientAuth, "incompatible key usage"},
		{"client", client, "", x509.ExtKeyUsageClientAuth, ""},
		{"client as server", client, "", x509.ExtKeyUsageServerAuth, "incompatible key usage"},
		{"both as server", both, "name.svc", x509.ExtKeyUsageServerAuth, ""},
		{"both as client", both, "", x509.ExtKeyUsageClientAuth, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := authority(t)
			pool := x509.NewCertPool()
			pool.AddCert(a.Cert)
			_, err := issue(t, a, test.id).Verify(x509.VerifyOptions{Roots: pool, DNSName: test.host, KeyUsages: []x509.ExtKeyUsage{test.usage}})
			if test.want == "" && err != nil {
				t.Errorf("got %v, want it trusted", err)
			}
			if test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestIssuedByAnotherAuthority(t *testing.T) {
	pool := x509.NewCertPool()
	pool.AddCert(authority(t).Cert)
	cert := issue(t, authority(t), Identity{CommonName: "c"})
	if _, err := cert.Verify(x509.VerifyOptions{Roots: pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err == nil {
		t.Error("an authority of the same name, but with another key, is trusted")
	}
}

func TestSubject(t *testing.T) {
	subject := issue(t, authority(t), Identity{CommonName: "system:node:n", Organizations: []string{"system:nodes"}}).Subject
	if subject.CommonName != "system:node:n" || len(subject.Organization) != 1 || subject.Organization[0] != "system:nodes" {
		t.Errorf("subject %v", subject)
	}
}

func TestIssuedIsNoAuthority(t *testing.T) {
	if issue(t, authority(t), Identity{CommonName: "c"}).IsCA {
		t.Error("an issued certificate can sign others")
	}
}
