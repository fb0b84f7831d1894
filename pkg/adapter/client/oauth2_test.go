package client

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"userscale.dev/userscale/pkg/config"
)

func TestOAuth2(t *testing.T) {
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		if id != "me" || secret != "s3cret" || r.FormValue("grant_type") != "client_credentials" || r.FormValue("scope") != "read more" {
			http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_token":"minted","token_type":"Bearer","expires_in":3600}`)
	}))
	t.Cleanup(tokens.Close)
	server := httptest.NewServer(http.HandlerFunc(echo))
	t.Cleanup(server.Close)

	c := config.PrometheusServer{
		OAuth2: &config.OAuth2{ClientID: "me", ClientSecret: *secretKey("prometheus", "key"), TokenURL: tokens.URL, Scopes: []string{"read", "more"}},
	}
	got, err := get(t, ForPrometheus(&c, NewCredentials(inVault("s3cret"))), server.URL)
	if err != nil || !strings.Contains(got, "authorization=Bearer minted ") {
		t.Errorf("got %q, %v", got, err)
	}
	_, err = get(t, ForPrometheus(&c, NewCredentials(inVault("wrong"))), server.URL)
	if err == nil || !strings.Contains(err.Error(), "invalid_client") {
		t.Errorf("with a wrong secret: %v", err)
	}
}

func TestProxy(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "by proxy to ", r.URL) }))
	t.Cleanup(proxy.Close)
	c := config.PrometheusServer{ProxyURL: proxy.URL}
	got, err := get(t, ForPrometheus(&c, NewCredentials(nil)), "http://prometheus.example/api")
	if err != nil || !strings.Contains(got, "by proxy to http://prometheus.example/api") {
		t.Errorf("got %q, %v", got, err)
	}
}
