package config

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/yaml"
)

// FuzzLoad: a file and an environment give either a configuration that can be run and written down, or an error that says where.
func FuzzLoad(f *testing.F) {
	const servers = `prometheusServers: [{name: a, url: "http://a", basicAuth: {username: a, password: {file: /a}}},
  {name: b, url: "https://b/c", oauth2: {clientID: a, clientSecret: {secret: {name: a, key: b}}, tokenURL: "https://d"}, headers: [{name: A, value: b}]}]
`
	f.Add([]byte(gpu), "", "", "", "")
	f.Add([]byte(gpu), "0.3", "", "", "https://thanos:9090/path")
	f.Add([]byte(gpu+"  smoothing: {alpha: 1e-300, interval: 5s}\n"), "", "10s", "1h0.5s", "")
	f.Add([]byte(`{"apiVersion":"adapter.userscale.dev/v1alpha1","kind":"AdapterConfiguration","metrics":[{"name":"a","pods":{"field":"u.v"}}]}`),
		"", "", "", "")
	f.Add([]byte(head+"metrics:\n- &a\n  name: a\n  range: {min: 0, max: 1e9}\n  pods: {field: u, interval: 1s, timeout: 800ms}\n- <<: *a\n  name: b\n"),
		"", "", "0s", "")
	f.Add([]byte(head+"metrics: [{name: a, maxAge: 1s, prometheus: {url: 'http://x', query: \"a\\tb\", scale: 100, interval: 5s}}]\n"), "", "", "", "")
	f.Add([]byte(head+"metrics: [{name: a, maxAge: 5, pods: {field: u, interval: 1d}}]\n"), "x", "-1s", "1", "x")
	f.Add([]byte(head+"metrics: [{name: a, rawName: b, pods: {field: u}}, {name: b, pods: {field: u}}]\n"), "", "", "", "")
	f.Add([]byte(head+servers+"metrics: [{name: a, prometheus: {server: a, query: 'sum by (namespace, pod) (a)', labels: {pod: pod}, combine: Max}}]\n"), "", "", "", "")
	f.Add([]byte(head+servers+"metrics: [{name: a, dcgm: {prometheus: {server: b, matchers: '{a=\"b\"}', lookback: 1m}, fields: [{name: a, unit: Ratio}]}}]\n"), "", "", "", "")
	f.Add([]byte(head+"metrics: [{name: a, dcgm: {exporters: {targets: [{namespaces: [a], port: 80, path: /a}], tls: {insecureSkipVerify: true}}}}]\n"), "", "", "", "")
	f.Add([]byte(head+"metrics: [{name: a, pods: {series: 'a{b=\"c\"}', targets: [{selector: {matchExpressions: [{key: a, operator: Exists}]}, port: b}]}}]\n"),
		"", "", "", "")
	f.Add([]byte("metrics: []\nmetricz: {}\n"), "NaN", "", "", "")
	path := filepath.Join(f.TempDir(), "adapter.yaml")
	f.Fuzz(func(t *testing.T, file []byte, alpha, rise, fall, url string) {
		getenv := env(envAlpha, alpha, envRiseHalfLife, rise, envFallHalfLife, fall, envPrometheusURL, url)
		c := loadFile(t, path, file, getenv)
		if c == nil {
			return
		}
		checkUsable(t, c)
		text, err := yaml.Marshal(c)
		if err != nil {
			t.Fatalf("an accepted configuration cannot be written down: %v", err)
		}
		again := loadFile(t, path, text, env())
		if diff := cmp.Diff(c, again, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("written down as\n%s\nit is another (-first +second):\n%s", text, diff)
		}
	})
}

// loadFile returns nil if the file and the environment are refused with an error that can be worked with.
func loadFile(t *testing.T, path string, file []byte, getenv func(string) string) *AdapterConfiguration {
	t.Helper()
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, getenv)
	if (c == nil) != (err != nil) {
		t.Fatalf("got %v with the error %v", c, err)
	}
	// What is not YAML at all is named by its line, except in the first.
	where := regexp.MustCompile(`line \d+|not one document|more than one document|no configuration in it|not a map of fields|field|AdapterConfiguration|apiVersion|kind|smoothingLimits|prometheusServers|metrics|USERSCALE_`)
	if err != nil && !where.MatchString(err.Error()) {
		t.Errorf("the error does not say where: %v", err)
	}
	return c
}

func checkUsable(t *testing.T, c *AdapterConfiguration) {
	t.Helper()
	if errs := c.Validate(); len(errs) > 0 {
		t.Errorf("accepted with %v", errs)
	}
	served := map[string]bool{}
	for i := range c.Metrics {
		m := &c.Metrics[i]
		if _, err := m.Smoothing.HalfLives(); err != nil {
			t.Errorf("metric %d cannot be smoothed: %v", i, err)
		}
		if every := m.CollectEvery(); every < minInterval || m.MaxAge.Duration < every {
			t.Errorf("metric %d is collected every %v and kept for %v", i, every, m.MaxAge)
		}
		if !(*m.Range.Min >= 0 && *m.Range.Max > *m.Range.Min) {
			t.Errorf("metric %d is accepted in [%v, %v]", i, *m.Range.Min, *m.Range.Max)
		}
		for _, name := range []string{m.Name, m.RawName, m.TotalName} {
			if served[name] {
				t.Errorf("metric %d: two things are served as %s", i, name)
			}
			served[name] = true
		}
		if n := m.sources(); n != 1 {
			t.Errorf("metric %d has %d sources", i, n)
		}
		if server := m.server(); server != nil && c.PrometheusServer(*server) == nil {
			t.Errorf("metric %d asks no server", i)
		}
	}
}
