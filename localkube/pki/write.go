package pki

import (
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Certificate is one key pair that a cluster needs.
type Certificate struct {
	File      string // becomes FILE.crt and FILE.key
	Authority string // which authority signs it: one of those given to Write
	Identity  Identity
}

// Kubeconfig is one file with which a program reaches the API server, its own client certificate inside.
type Kubeconfig struct {
	File     string // becomes FILE.kubeconfig
	Identity Identity
}

// Contents is all that Write makes.
type Contents struct {
	Authorities  []string // each becomes NAME.crt and NAME.key; the first one signs the kubeconfigs' client certificates
	Keys         []string // each becomes NAME.key and NAME.pub
	Certificates []Certificate
	Kubeconfigs  []Kubeconfig
	Server       string // the API server's URL, for the kubeconfigs
}

// Write makes everything in contents, with new keys, as files in dir that only their owner can read.
func Write(dir string, contents Contents) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the directory of the certificates: %w", err)
	}
	w := writer{dir: dir, authorities: map[string]*Authority{}}
	for _, name := range contents.Authorities {
		w.authority(name)
	}
	for _, name := range contents.Keys {
		w.signingKey(name)
	}
	for _, c := range contents.Certificates {
		w.certificate(c)
	}
	for _, k := range contents.Kubeconfigs {
		w.kubeconfig(k, contents.Authorities[0], contents.Server)
	}
	return w.err
}

// writer keeps the first error, after which it does nothing more.
type writer struct {
	dir         string
	authorities map[string]*Authority
	err         error
}

func (w *writer) authority(name string) {
	if w.err != nil {
		return
	}
	a, err := NewAuthority(name)
	if err != nil {
		w.err = err
		return
	}
	w.authorities[name] = a
	pair, err := a.Pair()
	w.pair(name, pair, err)
}

func (w *writer) signingKey(name string) {
	if w.err != nil {
		return
	}
	private, public, err := NewKey()
	if err != nil {
		w.err = err
		return
	}
	w.file(name+".key", private)
	w.file(name+".pub", public)
}

func (w *writer) certificate(c Certificate) {
	pair, err := w.issue(c.Authority, c.Identity)
	w.pair(c.File, pair, err)
}

func (w *writer) kubeconfig(k Kubeconfig, authority, server string) {
	pair, err := w.issue(authority, k.Identity)
	if err != nil {
		w.err = err
		return
	}
	const name = "localkube"
	data, err := clientcmd.Write(clientcmdapi.Config{
		Clusters:       map[string]*clientcmdapi.Cluster{name: {Server: server, CertificateAuthorityData: certPEM(w.authorities[authority])}},
		AuthInfos:      map[string]*clientcmdapi.AuthInfo{k.Identity.CommonName: {ClientCertificateData: pair.Cert, ClientKeyData: pair.Key}},
		Contexts:       map[string]*clientcmdapi.Context{name: {Cluster: name, AuthInfo: k.Identity.CommonName}},
		CurrentContext: name,
	})
	if err != nil {
		w.err = fmt.Errorf("encode kubeconfig %q: %w", k.File, err)
		return
	}
	w.file(k.File+".kubeconfig", data)
}

func (w *writer) issue(authority string, id Identity) (Pair, error) {
	if w.err != nil {
		return Pair{}, w.err
	}
	a, ok := w.authorities[authority]
	if !ok {
		return Pair{}, fmt.Errorf("certificate of %q: no authority %q", id.CommonName, authority)
	}
	return a.Issue(id)
}

func (w *writer) pair(name string, p Pair, err error) {
	if err != nil {
		w.err = err
		return
	}
	w.file(name+".crt", p.Cert)
	w.file(name+".key", p.Key)
}

func (w *writer) file(name string, data []byte) {
	if w.err != nil {
		return
	}
	if err := os.WriteFile(filepath.Join(w.dir, name), data, 0o600); err != nil {
		w.err = fmt.Errorf("write a certificate or key: %w", err)
	}
}

func certPEM(a *Authority) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Cert.Raw})
}
