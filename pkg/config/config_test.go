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
	want := []any{120 * time.Second, 0.0, 1e9, 5 * time.Second, 4 * time.Second, 1.0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("GPU metric (-want +got):\n%s", diff)
	}
}

// TestSeriesDefaults: a field's name selects the metric of that name, be it a word of PromQL's own.
func TestSeriesDefaults(t *testing.T) {
	c, err := load(t, head+"metrics: [{name: a, pods: {field: users, counter: \"on\"}}, {name: b, pods: {field: Bool}}, {name: c, pods: {field: load.users}}]\n")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range c.Metrics {
		got = append(got, m.Pods.Series, m.Pods.CounterSeries)
	}
	if diff := cmp.Diff([]string{"users", `{"on"}`, `{"Bool"}`, "", "", ""}, got); diff != "" {
		t.Errorf("series and counter series (-want +got):\n%s", diff)
	}
}

// TestPercentDefaults: nothing but GPUs is known to be in percent.
func TestPercentDefaults(t *testing.T) {
	c, err := load(t, head+"metrics: [{name: gpu, dcgm: {exporters: {}}}]\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := *c.Metrics[0].Range.Max; got != 100 {
		t.Errorf("range.max is %v, want 100", got)
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

func TestBadEnvironment(t *testing.T) {
	for name, tc := range map[string]struct {
		env  []string
		want []string // what the error mentions
	}{
		"all": {env: []string{envAlpha, "x", envRiseHalfLife, "-1s", envFallHalfLife, "5", envPrometheusURL, "x"},
			want: []string{envAlpha + `: Invalid value: "x": ` + allowedAlpha, envRiseHalfLife + `: Invalid value: "-1s": ` + allowedHalfLife,
				envFallHalfLife + `: Invalid value: "5"`, envPrometheusURL + `: Invalid value: "x": ` + allowedURL}},
		"alpha and half-life": {env: []string{envAlpha, "1", envFallHalfLife, "1s"}, want: []string{envAlpha, "not both"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, gpu, tc.env...)
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

func TestMissingFile(t *testing.T) {
	if _, err := Load("/nowhere/adapter.yaml", env()); err == nil || !strings.Contains(err.Error(), "/nowhere/adapter.yaml") {
		t.Errorf("got %v", err)
	}
}
