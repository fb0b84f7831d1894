package config

// PrometheusServer is a Prometheus, or anything with its query API.
type PrometheusServer struct {
	Name string `json:"name"` // lower-case letters, digits and '-'; no other server has it
	URL  string `json:"url"`  // without /api/v1: http://prometheus.monitoring.svc:9090, https://mimir.example/prometheus
	Client
	OAuth2   *OAuth2  `json:"oauth2,omitempty"`   // in place of basicAuth and bearerToken
	Headers  []Header `json:"headers,omitempty"`  // such as a tenant's X-Scope-OrgID
	ProxyURL string   `json:"proxyURL,omitempty"` // http, https or socks5; that of the environment unless set
}

// Client says who the adapter is to a server, and how it knows the server.
type Client struct {
	BasicAuth   *BasicAuth  `json:"basicAuth,omitempty"`   // a user and a password
	BearerToken *Credential `json:"bearerToken,omitempty"` // in place of basicAuth
	TLS         *TLS        `json:"tls,omitempty"`         // where the scheme is https
}

// Credential is a text that is kept elsewhere and read again when it changes. It names exactly one place.
type Credential struct {
	File   string     `json:"file,omitempty"`   // an absolute path; or else a secret
	Secret *SecretKey `json:"secret,omitempty"` // in the adapter's own namespace
}

// SecretKey is a key of a Secret.
type SecretKey struct {
	Name string `json:"name"` // the Secret's
	Key  string `json:"key"`  // of its data
}

// BasicAuth is HTTP's basic authentication.
type BasicAuth struct {
	Username string     `json:"username"` // without a colon
	Password Credential `json:"password"` // where it is kept
}

// TLS says how a server is verified and, with a certificate and its key, how the adapter shows who it is.
type TLS struct {
	CA                 *Credential `json:"ca,omitempty"`                 // PEM; the system's unless set
	Certificate        *Credential `json:"certificate,omitempty"`        // PEM; needs the key
	Key                *Credential `json:"key,omitempty"`                // PEM; needs the certificate
	ServerName         string      `json:"serverName,omitempty"`         // in the server's certificate, where it is not the host that is asked
	InsecureSkipVerify bool        `json:"insecureSkipVerify,omitempty"` // trust any server; goes with neither ca nor serverName
}

// OAuth2 gets tokens by client credentials.
type OAuth2 struct {
	ClientID     string     `json:"clientID"`         // as which the issuer knows the adapter
	ClientSecret Credential `json:"clientSecret"`     // where it is kept
	TokenURL     string     `json:"tokenURL"`         // may have a query
	Scopes       []string   `json:"scopes,omitempty"` // that the token is asked for
}

// Header is sent with every request. It has either a value or a credential.
type Header struct {
	Name       string      `json:"name"`                 // none that carries a login or that HTTP itself needs: not Authorization, Host, User-Agent, …
	Value      string      `json:"value,omitempty"`      // for all to see
	Credential *Credential `json:"credential,omitempty"` // where the value is kept
}
