package pki

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/keyutil"
)

func testContents() Contents {
	return Contents{
		Server:       "https://10.0.0.1:6443",
		Authorities:  []string{"ca", "other-ca"},
		Keys:         []string{"signing"},
		Certificates: []Certificate{{File: "server", Authority: "other-ca", Identity: Identity{CommonName: "s", Hosts: []string{"localhost"}}}},
		Kubeconfigs:  []Kubeconfig{{File: "admin", Identity: Identity{CommonName: "kubernetes-admin"}}},
	}
}

func write(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "pki")
	if err := Write(dir, testContents()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWrite(t *testing.T) {
	entries, err := os.ReadDir(write(t))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %s: others can read it", e.Name(), info.Mode())
		}
	}
	want := []string{
		"admin.kubeconfig", "ca.crt", "ca.key", "other-ca.crt", "other-ca.key", "server.crt", "server.key", "signing.key", "signing.pub",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestWriteSigns(t *testing.T) {
	dir := write(t)
	for authority, trusted := range map[string]bool{"other-ca": true, "ca": false} {
		pool := x509.NewCertPool()
		pool.AddCert(read(t, dir, authority+".crt"))
		_, err := read(t, dir, "server.crt").Verify(x509.VerifyOptions{Roots: pool, DNSName: "localhost"})
		if trusted != (err == nil) {
			t.Errorf("by authority %s: got %v, want trusted = %t", authority, err, trusted)
		}
	}
}

func TestWriteKubeconfig(t *testing.T) {
	dir := write(t)
	config, err := clientcmd.BuildConfigFromFlags("", filepath.Join(dir, "admin.kubeconfig"))
	if err != nil {
		t.Fatal(err)
	}
	if config.Host != testContents().Server || config.Insecure {
		t.Errorf("host %q, insecure %t", config.Host, config.Insecure)
	}
	if diff := cmp.Diff(readFile(t, dir, "ca.crt"), config.CAData); diff != "" {
		t.Errorf("the kubeconfig trusts something else than the first authority:\n%s", diff)
	}
	pool := x509.NewCertPool()
	pool.AddCert(read(t, dir, "ca.crt"))
	client := parse(t, config.CertData)
	if _, err := client.Verify(x509.VerifyOptions{Roots: pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
		t.Errorf("the client's certificate: %v", err)
	}
	if client.Subject.CommonName != "kubernetes-admin" {
		t.Errorf("the client is %s", client.Subject)
	}
}

func TestWriteSigningKey(t *testing.T) {
	dir := write(t)
	if _, err := keyutil.ParsePrivateKeyPEM(readFile(t, dir, "signing.key")); err != nil {
		t.Errorf("as kube-apiserver reads the private key: %v", err)
	}
	if _, err := keyutil.ParsePublicKeysPEM(readFile(t, dir, "signing.pub")); err != nil {
		t.Errorf("as kube-apiserver reads the public key: %v", err)
	}
}

func TestWriteErrors(t *testing.T) {
	contents := testContents()
	contents.Certificates[0].Authority = "none"
	if err := Write(t.TempDir(), contents); err == nil || !strings.Contains(err.Error(), `no authority "none"`) {
		t.Errorf("got %v, want an error that names the authority", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(file, testContents()); err == nil {
		t.Error("no error for a directory that is a file")
	}
}

func read(t *testing.T, dir, name string) *x509.Certificate {
	t.Helper()
	return parse(t, readFile(t, dir, name))
}

func readFile(t *testing.T, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
