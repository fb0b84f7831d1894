package client

import (
	"context"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"userscale.dev/userscale/pkg/config"
)

// vault holds Secrets, and counts how often one is read.
type vault struct {
	data  map[string]map[string][]byte
	err   error // in place of an answer
	reads int
}

func (v *vault) Get(ctx context.Context, name string, _ metav1.GetOptions) (*corev1.Secret, error) {
	v.reads++
	if v.err != nil {
		return nil, v.err
	}
	data, ok := v.data[name]
	if !ok {
		return nil, apierrors.NewNotFound(schema.GroupResource{Resource: "secrets"}, name)
	}
	return &corev1.Secret{Data: data}, ctx.Err()
}

func inVault(text string) *vault {
	return &vault{data: map[string]map[string][]byte{"prometheus": {"key": []byte(text)}}}
}

func secretKey(name, key string) *config.Credential {
	return &config.Credential{Secret: &config.SecretKey{Name: name, Key: key}}
}

func fileWith(t *testing.T, text string) *config.Credential {
	t.Helper()
	path := filepath.Join(t.TempDir(), "credential")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return &config.Credential{File: path}
}

// echo answers with what it was told, as the client's settings decide it.
func echo(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	fmt.Fprintf(w, "user=%s password=%s authorization=%s tenant=%s path=%s",
		user, password, r.Header.Get("Authorization"), r.Header.Get("X-Scope-OrgID"), r.URL.Path)
}

func get(t *testing.T, transport http.RoundTripper, url string) (string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := transport.RoundTrip(r)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var b strings.Builder
	fmt.Fprintf(&b, "%d ", response.StatusCode)
	if err := response.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String(), nil
}

func TestPrometheusGetsCredentials(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(echo))
	t.Cleanup(server.Close)
	for name, tc := range map[string]struct {
		server config.PrometheusServer
		want   string
	}{
		"none": {config.PrometheusServer{}, "authorization= tenant= "},
		"basic authentication from a Secret": {
			config.PrometheusServer{Client: config.Client{BasicAuth: &config.BasicAuth{Username: "me", Password: *secretKey("prometheus", "key")}}},
			"user=me password=from-secret ",
		},
		"basic authentication from a file": {
			config.PrometheusServer{Client: config.Client{BasicAuth: &config.BasicAuth{Username: "me", Password: *fileWith(t, "from-file\n")}}},
			"user=me password=from-file ",
		},
		"bearer token": {
			config.PrometheusServer{Client: config.Client{BearerToken: fileWith(t, "t0ken\n")}},
			"authorization=Bearer t0ken tenant= ",
		},
		"tenant beside a token": {
			config.PrometheusServer{
				Client:  config.Client{BearerToken: fileWith(t, "t0ken")},
				Headers: []config.Header{{Name: "x-scope-orgid", Value: "team-a"}},
			},
			"authorization=Bearer t0ken tenant=team-a ",
		},
		"tenant from a Secret": {
			config.PrometheusServer{Headers: []config.Header{{Name: "X-Scope-OrgID", Credential: secretKey("prometheus", "key")}}},
			"tenant=from-secret ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := get(t, ForPrometheus(&tc.server, NewCredentials(inVault(" from-secret\n"))), server.URL)
			if err != nil || !strings.Contains(got, tc.want) {
				t.Errorf("got %q, %v, want %q", got, err, tc.want)
			}
		})
	}
}

// TestMissingCredentials: the error says which one, and nothing was asked without it.
func TestMissingCredentials(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Error("asked all the same:", r) }))
	t.Cleanup(server.Close)
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	ca := fileWith(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	for name, tc := range map[string]struct {
		at   *config.Credential
		want string
	}{
		"no Secret":    {secretKey("absent", "key"), `secret absent/key`},
		"no key":       {secretKey("prometheus", "password"), `the Secret has no key "password"`},
		"no file":      {&config.Credential{File: nowhere}, nowhere},
		"empty file":   {fileWith(t, " \n"), "it is empty"},
		"empty Secret": {secretKey("blank", "key"), "read secret blank/key: it is empty"},
	} {
		for use, c := range map[string]config.PrometheusServer{
			"password": {Client: config.Client{TLS: &config.TLS{CA: ca}, BasicAuth: &config.BasicAuth{Username: "me", Password: *tc.at}}},
			"token":    {Client: config.Client{TLS: &config.TLS{CA: ca}, BearerToken: tc.at}},
			"header":   {Client: config.Client{TLS: &config.TLS{CA: ca}}, Headers: []config.Header{{Name: "X-Scope-OrgID", Credential: tc.at}}},
			"CA":       {Client: config.Client{TLS: &config.TLS{CA: tc.at}}},
			"key":      {Client: config.Client{TLS: &config.TLS{CA: ca, Certificate: ca, Key: tc.at}}},
			"client secret": {
				Client: config.Client{TLS: &config.TLS{CA: ca}},
				OAuth2: &config.OAuth2{ClientID: "me", ClientSecret: *tc.at, TokenURL: server.URL},
			},
		} {
			t.Run(name+" for "+use, func(t *testing.T) {
				credentials := NewCredentials(&vault{data: map[string]map[string][]byte{"prometheus": {}, "blank": {"key": []byte("\n")}}})
				_, err := get(t, ForPrometheus(&c, credentials), server.URL)
				if err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("error %v, want one with %q", err, tc.want)
				}
			})
		}
	}
}

func TestTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(echo)) // its certificate is for 127.0.0.1 and example.com
	t.Cleanup(server.Close)
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	for name, tc := range map[string]struct {
		tls  *config.TLS
		want string // in the error; empty for none
	}{
		"not set":             {nil, "certificate signed by unknown authority"},
		"the system's":        {&config.TLS{}, "certificate signed by unknown authority"},
		"CA":                  {&config.TLS{CA: fileWith(t, string(own))}, ""},
		"CA from a Secret":    {&config.TLS{CA: secretKey("prometheus", "key")}, ""},
		"CA that is none":     {&config.TLS{CA: fileWith(t, "nonsense")}, "unable to use specified CA cert"},
		"another server name": {&config.TLS{CA: fileWith(t, string(own)), ServerName: "example.com"}, ""},
		"wrong server name":   {&config.TLS{CA: fileWith(t, string(own)), ServerName: "prometheus.example"}, "not prometheus.example"},
		"not verified":        {&config.TLS{InsecureSkipVerify: true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			credentials := NewCredentials(inVault(string(own)))
			c := config.Client{TLS: tc.tls, BearerToken: fileWith(t, "t0ken")}
			for kind, transport := range map[string]http.RoundTripper{
				"pods":       ForPods(&http.Transport{}, &c, credentials),
				"prometheus": ForPrometheus(&config.PrometheusServer{Client: c}, credentials),
			} {
				got, err := get(t, transport, server.URL)
				if tc.want == "" && (err != nil || !strings.Contains(got, "authorization=Bearer t0ken")) {
					t.Errorf("%s: got %q, %v", kind, got, err)
				}
				if tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
					t.Errorf("%s: error %v, want one with %q", kind, err, tc.want)
				}
			}
		})
	}
}

// TestLateSecret: a client whose CA cannot be read at first needs no restart.
func TestLateSecret(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(echo))
	t.Cleanup(server.Close)
	path := filepath.Join(t.TempDir(), "ca.crt")
	credentials := NewCredentials(nil)
	transport := ForPods(&http.Transport{}, &config.Client{TLS: &config.TLS{CA: &config.Credential{File: path}}}, credentials)
	if _, err := get(t, transport, server.URL); err == nil || !strings.Contains(err.Error(), path) {
		t.Fatalf("error %v, want one with %s", err, path)
	}
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(path, own, 0o600); err != nil {
		t.Fatal(err)
	}
	clear(credentials.kept) // as time does
	if _, err := get(t, transport, server.URL); err != nil {
		t.Error(err)
	}
}

// TestPodsAreAskedAsBaseAsks: what the base transport refuses stays refused, and redirects are answers.
func TestPodsAreAskedAsBaseAsks(t *testing.T) {
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", 8<<10))
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}
	}))
	t.Cleanup(server.Close)
	c := &config.Client{TLS: &config.TLS{InsecureSkipVerify: true}, BearerToken: fileWith(t, "t0ken")}
	got, err := get(t, ForPods(&http.Transport{}, c, NewCredentials(nil)), server.URL+"/away")
	if err != nil || !strings.HasPrefix(got, "302 ") {
		t.Errorf("got %q, %v, want 302", got, err)
	}
	if _, err := get(t, ForPods(&http.Transport{MaxResponseHeaderBytes: 4 << 10}, c, NewCredentials(nil)), server.URL); err == nil {
		t.Error("took a header over the limit")
	}
}
