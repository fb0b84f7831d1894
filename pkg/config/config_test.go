package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/pkg/smoothing"
)

const gpu = `
apiVersion: adapter.userscale.dev/v1alpha1
kind: AdapterConfiguration
prometheusServers: [{name: default, url: "http://prometheus:9090"}]
metrics:
- name: gpu_utilization_smoothed
  rawName: gpu_utilization_raw
  prometheus: {query: "DCGM_FI_DEV_GPU_UTIL[2m]"}
`

func env(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return m[name] }
}

func load(t *testing.T, text string, pairs ...string) (*AdapterConfiguration, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "adapter.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path, env(pairs...))
}

func TestShippedDefault(t *testing.T) {
	c, err := Load("", env())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Metrics) != 1 {
		t.Fatalf("%d metrics, want the users metric alone", len(c.Metrics))
	}
	m := c.Metrics[0]
	got := []any{m.Name, m.RawName, m.MaxAge.Duration, *m.Range.Min, *m.Range.Max, *m.MinCoverage,
		m.Pods.Field, m.Pods.Counter, m.Pods.Interval.Duration, m.Pods.Timeout.Duration}
	want := []any{"active_users_per_pod", "active_users_raw", 15 * time.Second, 0.0, 1e9, 0.0,
		"active_users", "", time.Second, 800 * time.Millisecond}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("users metric (-want +got):\n%s", diff)
	}
}

func TestPrometheusDefaults(t *testing.T) {
	c, err := load(t, gpu)
	if err != nil {
		t.Fatal(err)
	}
	m := c.Metrics[0]
	got := []any{m.MaxAge.Duration, *m.Range.Min, *m.Range.Max, m.CollectEvery(), m.Prometheus.Timeout.Duration, *m.Prometheus.Scale}
	want := []any{120 * time.Second, 0.0, 100.0, 5 * time.Second, 4 * time.Second, 1.0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("GPU metric (-want +got):\n%s", diff)
	}
}

func TestSmoothing(t *testing.T) {
	fromAlpha, err := smoothing.FromAlpha(0.3, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	shipped := smoothing.HalfLives{Rise: 10 * time.Second, Fall: 60 * time.Second}
	for name, tc := range map[string]struct {
		file string
		env  []string
		want smoothing.HalfLives
	}{
		"shipped":                   {want: shipped},
		"empty alpha is unset":      {env: []string{envAlpha, ""}, want: shipped},
		"one half-life":             {file: "{fallHalfLife: 5s}", want: smoothing.HalfLives{Rise: 10 * time.Second, Fall: 5 * time.Second}},
		"no smoothing":              {file: "{riseHalfLife: 0s, fallHalfLife: 0s}"},
		"alpha":                     {file: "{alpha: 0.3, interval: 5s}", want: fromAlpha},
		"alpha's interval defaults": {file: "{alpha: 0.3}", want: fromAlpha},
		"environment's alpha wins":  {file: "{riseHalfLife: 1s}", env: []string{envAlpha, "0.3"}, want: fromAlpha},
		"environment's fall": {env: []string{envFallHalfLife, "20s"},
			want: smoothing.HalfLives{Rise: 10 * time.Second, Fall: 20 * time.Second}},
		"environment's half-lives over alpha": {file: "{alpha: 0.3, interval: 5s}", env: []string{envRiseHalfLife, "1s"},
			want: smoothing.HalfLives{Rise: time.Second, Fall: 60 * time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			text := gpu
			if tc.file != "" {
				text += "  smoothing: " + tc.file + "\n"
			}
			c, err := load(t, text, tc.env...)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.Metrics[0].Smoothing.HalfLives()
			if err != nil || got != tc.want {
				t.Errorf("got %v, %v, want %v", got, err, tc.want)
			}
		})
	}
}

func TestPrometheusURLFromEnvironment(t *testing.T) {
	c, err := load(t, gpu, envPrometheusURL, "https://thanos.example:9090/path")
	if err != nil {
		t.Fatal(err)
	}
	if got := c.PrometheusServers[0].URL; got != "https://thanos.example:9090/path" {
		t.Errorf("url is %q", got)
	}
	if _, err := Load("", env(envPrometheusURL, "prometheus:9090")); err == nil {
		t.Error("a bad URL is accepted where no metric uses it")
	}
}

func TestEveryErrorAtOnce(t *testing.T) {
	const head = "apiVersion: adapter.userscale.dev/v1alpha1\nkind: AdapterConfiguration\n"
	for name, tc := range map[string]struct {
		file string
		env  []string
		want []string // what the error mentions
	}{
		"header":        {file: "apiVersion: v1\nkind: Config\n", want: []string{`apiVersion: Unsupported value: "v1"`, "kind:", "metrics: Required"}},
		"unknown field": {file: head + "metricz: []\n", want: []string{"metricz"}},
		"twice":         {file: head + "metrics: []\nmetrics: []\n", want: []string{"metrics"}},
		"no duration": {file: head + "metrics: [{name: a, pods: {field: u, interval: 1d}}]\n",
			want: []string{"metrics.pods.interval", `"1d"`}},
		"number for a duration": {file: head + "metrics: [{name: a, maxAge: 5, pods: {field: u}}]\n", want: []string{"metrics.maxAge"}},
		"no source":             {file: head + "metrics: [{name: a}]\n", want: []string{"metrics[0]: Required value: a metric needs a source"}},
		"no name":               {file: head + "metrics: [{pods: {field: u}}]\n", want: []string{"metrics[0].name: Required"}},
		"two sources": {file: head + "metrics: [{name: a, pods: {field: u}, prometheus: {query: y}}]\n",
			want: []string{"metrics[0].prometheus: Forbidden"}},
		"one name twice": {file: head + "metrics: [{name: a, pods: {field: u}}, {name: b, rawName: a, pods: {field: u}}]\n",
			want: []string{`metrics[1].rawName: Duplicate value: "a"`}},
		"both smoothings": {file: gpu + "  smoothing: {alpha: 0.3, riseHalfLife: 1s}\n", want: []string{"smoothing.alpha: Forbidden"}},
		"many": {file: head + `prometheusServers: [{name: p, url: "ftp://x"}]
metrics:
- name: a/b
  maxAge: 1s
  range: {min: -1, max: -2}
  smoothing: {alpha: 2}
  prometheus: {query: "", interval: 5s, timeout: 6s, scale: 0}
`, want: []string{"metrics[0].name", "metrics[0].maxAge", "range.min", "range.max", "smoothing.alpha: Invalid value: 2",
			"prometheusServers[0].url", "prometheus.query", `prometheus.timeout: Invalid value: "6s"`, "at most the interval, 5s", "prometheus.scale"}},
		"pods": {file: head + `metrics: [{name: a, pods: {field: "users.#", interval: 1ms, timeout: 0s}}]`,
			want: []string{"pods.field", "pods.interval", "pods.timeout"}},
		"counter": {file: head + `metrics: [{name: a, pods: {field: u, counter: "u[0]"}}, {name: b, pods: {field: u, counter: u}}]`,
			want: []string{`metrics[0].pods.counter: Invalid value: "u[0]"`, `metrics[1].pods.counter: Invalid value: "u": must differ from field`}},
		"coverage": {file: head + `metrics: [{name: a, minCoverage: 1.1, pods: {field: u}}, {name: b, minCoverage: -0.1, pods: {field: u}}]`,
			want: []string{"metrics[0].minCoverage: Invalid value: 1.1: must be a number from 0 to 1", "metrics[1].minCoverage"}},
		"too large to add up": {file: head + `metrics: [{name: a, range: {max: 1.1e12}, pods: {field: u}}]`,
			want: []string{"metrics[0].range.max: Invalid value: 1.1e+12: must be greater than min, 0, and at most 1e+12"}},
		"environment": {file: gpu, env: []string{envAlpha, "x", envRiseHalfLife, "-1s", envPrometheusURL, "x"},
			want: []string{envAlpha, envRiseHalfLife, envPrometheusURL}},
		"alpha and half-life": {file: gpu, env: []string{envAlpha, "1", envFallHalfLife, "1s"}, want: []string{"not both"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, tc.file, tc.env...)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error does not mention %s:\n%v", want, err)
				}
			}
		})
	}
}
