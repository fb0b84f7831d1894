package sources

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"userscale.dev/userscale/pkg/adapter/client"
	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/test/promserver"
)

// The password of user adapter, and what Prometheus is told of it.
const (
	password = "correct horse"
	hash     = "$2a$04$ogCjW0hsZi7sSXFPJqxnV.wHb4mhPvkU/5kKgls94eo/ibIAUWvgG"
)

// startSecured starts a Prometheus that shows a certificate of a's, wants one of a's, and a password.
func startSecured(t *testing.T, a *authority, apps []*app) *promserver.Server {
	t.Helper()
	a.issue(t, "prometheus")
	web := filepath.Join(a.folder, "web.yml")
	text := fmt.Sprintf(`tls_server_config:
  cert_file: %[1]s/prometheus.crt
  key_file: %[1]s/prometheus.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: %[1]s/ca.crt
basic_auth_users: {adapter: '%[2]s'}
`, a.folder, hash)
	if err := os.WriteFile(web, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return promserver.Start(t, scraping(apps), "--web.config.file="+web)
}

// TestPrometheusOwnSecurity: TLS by a private authority with client certificates, and basic authentication, by Prometheus itself.
func TestPrometheusOwnSecurity(t *testing.T) {
	apps := startApps(t, "a")
	own, other := newAuthority(t), newAuthority(t)
	own.issue(t, "adapter")
	other.issue(t, "adapter")
	prometheus := startSecured(t, own, apps)
	kept := fake.NewClientset(&corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: "userscale", Name: "prometheus"},
		Data:       map[string][]byte{"password": []byte(password + "\n"), "wrong": []byte("battery staple")},
	}).CoreV1().Secrets("userscale")
	in := func(secret, key string) config.Credential {
		return config.Credential{Secret: &config.SecretKey{Name: secret, Key: key}}
	}
	for name, tc := range map[string]struct {
		change func(*config.PrometheusServer)
		want   string // in the error; empty for none
	}{
		"all right":             {func(*config.PrometheusServer) {}, ""},
		"by its name":           {func(s *config.PrometheusServer) { s.TLS.ServerName = "prometheus" }, ""},
		"wrong password":        {func(s *config.PrometheusServer) { s.BasicAuth.Password = in("prometheus", "wrong") }, "client error: 401: Unauthorized"},
		"no password":           {func(s *config.PrometheusServer) { s.BasicAuth = nil }, "client error: 401: Unauthorized"},
		"no such Secret":        {func(s *config.PrometheusServer) { s.BasicAuth.Password = in("absent", "password") }, `secrets "absent" not found`},
		"no such key":           {func(s *config.PrometheusServer) { s.BasicAuth.Password = in("prometheus", "pass") }, `secret prometheus/pass: the Secret has no key "pass"`},
		"wrong CA":              {func(s *config.PrometheusServer) { s.TLS.CA = other.file("ca.crt") }, "certificate signed by unknown authority"},
		"no CA":                 {func(s *config.PrometheusServer) { s.TLS.CA = nil }, "certificate signed by unknown authority"},
		"wrong server name":     {func(s *config.PrometheusServer) { s.TLS.ServerName = "grafana" }, "certificate is valid for prometheus, not grafana"},
		"no client certificate": {func(s *config.PrometheusServer) { s.TLS.Certificate, s.TLS.Key = nil, nil }, "certificate required"},
		"another's client certificate": {func(s *config.PrometheusServer) {
			s.TLS.Certificate, s.TLS.Key = other.file("adapter.crt"), other.file("adapter.key")
		}, "tls: "},
		"no such key file": {func(s *config.PrometheusServer) { s.TLS.Key = own.file("absent.key") }, "absent.key: no such file"},
		"plain HTTP":       {func(s *config.PrometheusServer) { s.URL = prometheus.URL }, "400"},
	} {
		t.Run(name, func(t *testing.T) {
			server := config.PrometheusServer{
				URL: "https://" + prometheus.Address,
				Client: config.Client{
					BasicAuth: &config.BasicAuth{Username: "adapter", Password: in("prometheus", "password")},
					TLS:       &config.TLS{CA: own.file("ca.crt"), Certificate: own.file("adapter.crt"), Key: own.file("adapter.key")},
				},
			}
			tc.change(&server)
			source := newSource(t, server, "queue_length[30s]", client.NewCredentials(kept), byName(apps))
			if tc.want == "" {
				await(t, "a sample", func() bool {
					b := source.Collect(t.Context())
					if b.Err != nil {
						t.Fatal(b.Err)
					}
					return len(b.Samples) == 1
				})
				return
			}
			b := source.Collect(t.Context())
			for range 20 { // a server that refuses a client can hang up before its reason is read
				if b.Err == nil || strings.Contains(b.Err.Error(), tc.want) {
					break
				}
				b = source.Collect(t.Context())
			}
			if b.Err == nil || !strings.Contains(b.Err.Error(), tc.want) {
				t.Errorf("error %v, want one with %q", b.Err, tc.want)
			}
		})
	}
}
