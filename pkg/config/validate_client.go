package config

import (
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"

	promconfig "github.com/prometheus/common/config"
	"golang.org/x/net/http/httpguts"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (s *PrometheusServer) validate(path *field.Path) field.ErrorList {
	errs := validateURL(path.Child("url"), s.URL)
	errs = append(errs, s.Client.validate(path)...)
	if s.OAuth2 != nil {
		errs = append(errs, s.OAuth2.validate(path.Child("oauth2"))...)
		if s.BasicAuth != nil || s.BearerToken != nil {
			errs = append(errs, field.Forbidden(path.Child("oauth2"), "give one of basicAuth, bearerToken and oauth2"))
		}
	}
	if s.ProxyURL != "" {
		if u, err := url.Parse(s.ProxyURL); err != nil || !fit(u, s.ProxyURL, "http", "https", "socks5") {
			errs = append(errs, field.Invalid(path.Child("proxyURL"), redacted(u, s.ProxyURL),
				"must be an http, https or socks5 URL with a host and without a user, such as http://proxy.example:3128"))
		}
	}
	return append(errs, validateHeaders(path.Child("headers"), s.Headers)...)
}

func (c *Client) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if c.BasicAuth != nil {
		errs = append(errs, c.BasicAuth.validate(path.Child("basicAuth"))...)
	}
	if c.BearerToken != nil {
		errs = append(errs, c.BearerToken.validate(path.Child("bearerToken"))...)
		if c.BasicAuth != nil {
			errs = append(errs, field.Forbidden(path.Child("bearerToken"), "give one of basicAuth and bearerToken"))
		}
	}
	if c.TLS != nil {
		errs = append(errs, c.TLS.validate(path.Child("tls"))...)
	}
	return errs
}

func (b *BasicAuth) validate(path *field.Path) field.ErrorList {
	errs := b.Password.validate(path.Child("password"))
	switch {
	case b.Username == "":
		errs = append(errs, field.Required(path.Child("username"), "text without a colon"))
	case strings.Contains(b.Username, ":"):
		errs = append(errs, field.Invalid(path.Child("username"), b.Username, "must not contain a colon, which ends it in HTTP"))
	}
	return errs
}

func (c *Credential) validate(at *field.Path) field.ErrorList {
	switch count(c.File != "", c.Secret != nil) {
	case 0:
		return field.ErrorList{field.Required(at, "where it is kept: one of file and secret")}
	case 2:
		return field.ErrorList{field.Forbidden(at, "it is kept in one place: name one of file and secret")}
	}
	if c.File != "" {
		if !path.IsAbs(c.File) || strings.ContainsRune(c.File, 0) {
			return field.ErrorList{field.Invalid(at.Child("file"), c.File, "must be an absolute path")}
		}
		return nil
	}
	errs := invalid(at.Child("secret", "name"), c.Secret.Name, validation.IsDNS1123Subdomain(c.Secret.Name), allowedDomainName)
	return append(errs, invalid(at.Child("secret", "key"), c.Secret.Key, validation.IsConfigMapKey(c.Secret.Key), allowedKey)...)
}

func (t *TLS) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, c := range []struct {
		name string
		*Credential
	}{{"ca", t.CA}, {"certificate", t.Certificate}, {"key", t.Key}} {
		if c.Credential != nil {
			errs = append(errs, c.validate(path.Child(c.name))...)
		}
	}
	switch {
	case t.Certificate != nil && t.Key == nil:
		errs = append(errs, field.Required(path.Child("key"), "the private key of the certificate"))
	case t.Certificate == nil && t.Key != nil:
		errs = append(errs, field.Required(path.Child("certificate"), "the certificate of the key"))
	}
	if _, err := netip.ParseAddr(t.ServerName); t.ServerName != "" && err != nil {
		errs = append(errs, invalid(path.Child("serverName"), t.ServerName, validation.IsDNS1123Subdomain(strings.ToLower(t.ServerName)), allowedDomainName)...)
	}
	if t.InsecureSkipVerify && (t.CA != nil || t.ServerName != "") {
		errs = append(errs, field.Forbidden(path.Child("insecureSkipVerify"), "with it ca and serverName would not be looked at: give either"))
	}
	return errs
}

func (o *OAuth2) validate(path *field.Path) field.ErrorList {
	errs := o.ClientSecret.validate(path.Child("clientSecret"))
	if o.ClientID == "" {
		errs = append(errs, field.Required(path.Child("clientID"), "as which the adapter is known to the token's issuer"))
	}
	if u, err := url.Parse(o.TokenURL); err != nil || !fit(u, o.TokenURL, "http", "https") {
		errs = append(errs, field.Invalid(path.Child("tokenURL"), redacted(u, o.TokenURL),
			"must be an http or https URL with a host and without fragment or user, such as https://login.example/oauth2/token"))
	}
	for i, scope := range o.Scopes {
		if scope == "" || strings.ContainsFunc(scope, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) {
			errs = append(errs, field.Invalid(path.Child("scopes").Index(i), scope, `must be of printable ASCII without spaces, '"' and '\'`))
		}
	}
	return errs
}

func validateHeaders(path *field.Path, headers []Header) field.ErrorList {
	if n := len(headers); n > mostOf {
		return field.ErrorList{field.TooMany(path, n, mostOf)}
	}
	var errs field.ErrorList
	seen := sets.New[string]()
	for i := range headers {
		name := http.CanonicalHeaderKey(headers[i].Name)
		if seen.Has(name) {
			errs = append(errs, field.Duplicate(path.Index(i).Child("name"), headers[i].Name))
		}
		seen.Insert(name)
		errs = append(errs, headers[i].validate(path.Index(i))...)
	}
	return errs
}

// validate repeats no value: it may be a secret that should have been kept elsewhere.
func (h *Header) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if _, reserved := promconfig.ReservedHeaders[http.CanonicalHeaderKey(h.Name)]; reserved {
		errs = append(errs, field.Invalid(path.Child("name"), h.Name,
			"must be none that the connection or a login sets; for a login there are basicAuth, bearerToken and oauth2"))
	} else if !httpguts.ValidHeaderFieldName(h.Name) {
		errs = append(errs, field.Invalid(path.Child("name"), h.Name, "must be the name of an HTTP header: letters, digits and '-', such as X-Scope-OrgID"))
	}
	switch count(h.Value != "", h.Credential != nil) {
	case 0:
		errs = append(errs, field.Required(path, "what to send: one of value and credential"))
	case 2:
		errs = append(errs, field.Forbidden(path, "give one of value and credential"))
	}
	if h.Credential != nil {
		errs = append(errs, h.Credential.validate(path.Child("credential"))...)
	}
	if !httpguts.ValidHeaderFieldValue(h.Value) {
		errs = append(errs, field.Invalid(path.Child("value"), field.OmitValueType{}, "must be one line, without control characters"))
	}
	return errs
}
