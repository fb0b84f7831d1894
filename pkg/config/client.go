package config

// PrometheusServer is a Prometheus, or anything with its query API.
type PrometheusServer struct {
	Name string `json:"name"`
	URL  string `json:"url"`
	Client
	OAuth2   *OAuth2  `json:"oauth2,omitempty"`   // in place of basicAuth and bearerToken
	Headers  []Header `json:"headers,omitempty"`  // such as a tenant's X-Scope-OrgID
	ProxyURL string   `json:"proxyURL,omitempty"` // that of the environment unless set
}

// Client says who the adapter is to a server, and how it knows the server.
type Client struct {
	BasicAuth   *BasicAuth  `json:"basicAuth,omitempty"`
	BearerToken *Credential `json:"bearerToken,omitempty"`
	TLS         *TLS        `json:"tls,omitempty"`
}

// Credential is a text that is kept elsewhere and read again when it changes. It names exactly one place.
type Credential struct {
	File   string     `json:"file,omitempty"`
	Secret *SecretKey `json:"secret,omitempty"` // in the adapter's own namespace
}

// SecretKey is a key of a Secret.
type SecretKey struct {
	Name string `json:"name"`
	Key  string `json:"key"`
}

// BasicAuth is HTTP's basic authentication.
type BasicAuth struct {
	Username string     `json:"username"`
	Password Credential `json:"password"`
}

// TLS says how a server is verified and, with a certificate and its key, how the adapter shows who it is.
type TLS struct {
	CA                 *Credential `json:"ca,omitempty"` // PEM; the system's unless set
	Certificate        *Credential `json:"certificate,omitempty"`
	Key                *Credential `json:"key,omitempty"`
	ServerName         string      `json:"serverName,omitempty"` // in the server's certificate, where it is not the host that is asked
	InsecureSkipVerify bool        `json:"insecureSkipVerify,omitempty"`
}

// OAuth2 gets tokens by client credentials.
type OAuth2 struct {
	ClientID     string     `json:"clientID"`
	ClientSecret Credential `json:"clientSecret"`
	TokenURL     string     `json:"tokenURL"`
	Scopes       []string   `json:"scopes,omitempty"`
}

// Header is sent with every request. It has a value or names where that is kept.
type Header struct {
	Name       string      `json:"name"`
	Value      string      `json:"value,omitempty"`
	Credential *Credential `json:"credential,omitempty"`
}
