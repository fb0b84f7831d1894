package manifests

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/resmap"

	"userscale.dev/userscale/pkg/config"
)

// load reads the rendered configuration as the adapter would, environment included.
func load(t *testing.T, resources resmap.ResMap) *config.AdapterConfiguration {
	t.Helper()
	path := filepath.Join(t.TempDir(), "adapter.yaml")
	text := configMap(t, resources, "userscale-adapter").Data["adapter.yaml"]
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	environment := environment(t, resources)
	c, err := config.Load(path, func(name string) string { return environment[name] })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// environment resolves the adapter's variables, which all come from userscale-config.
func environment(t *testing.T, resources resmap.ResMap) map[string]string {
	t.Helper()
	settings := configMap(t, resources, "userscale-config")
	known := config.Variables()
	values := map[string]string{}
	for _, env := range deployment(t, resources, "userscale-adapter").Spec.Template.Spec.Containers[0].Env {
		if !slices.ContainsFunc(known, func(v config.Variable) bool { return v.Name == env.Name }) {
			t.Errorf("the adapter reads no variable %s", env.Name)
		}
		ref := env.ValueFrom.ConfigMapKeyRef
		if ref.Name != settings.Name {
			t.Errorf("%s comes from %s, want %s", env.Name, ref.Name, settings.Name)
		}
		value, ok := settings.Data[ref.Key]
		if !ok && (ref.Optional == nil || !*ref.Optional) {
			t.Errorf("%s: userscale-config has no %s, and it isn't optional", env.Name, ref.Key)
		}
		values[env.Name] = value
	}
	if len(values) != len(known) {
		t.Errorf("got %d variables, want all %d that the adapter reads", len(values), len(known))
	}
	return values
}

func TestAdapterConfiguration(t *testing.T) {
	tests := []struct {
		overlay, prometheus string // URL; empty: no GPU metric
		fall                time.Duration
	}{
		{"base", "", config.DefaultFallHalfLife},
		{"overlays/gpu", "http://prometheus.monitoring.svc:9090", config.DefaultFallHalfLife},
		{"overlays/demo", "http://prometheus.userscale.svc:9090", 20 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.overlay, func(t *testing.T) {
			resources := render(t, test.overlay)
			c := load(t, resources)
			var url string
			if len(c.PrometheusServers) > 0 {
				url = c.PrometheusServers[0].URL
			}
			for _, m := range c.Metrics {
				if got := m.Smoothing.FallHalfLife.Duration; got != test.fall {
					t.Errorf("%s: half-life of a fall is %v, want %v", m.Name, got, test.fall)
				}
			}
			if url != test.prometheus {
				t.Errorf("Prometheus is at %q, want %q", url, test.prometheus)
			}
			checkServed(t, resources, c)
		})
	}
}

// checkServed wants the adapter to serve every metric that the HPA names.
func checkServed(t *testing.T, resources resmap.ResMap, c *config.AdapterConfiguration) {
	t.Helper()
	for _, m := range hpa(t, resources).Spec.Metrics {
		if m.Pods != nil && !slices.ContainsFunc(c.Metrics, func(s config.Metric) bool { return s.Name == m.Pods.Metric.Name }) {
			t.Errorf("the HPA names %s, which the adapter doesn't serve", m.Pods.Metric.Name)
		}
	}
}

// The base's file says what the adapter does without a file, and the GPU component's adds one metric to it.
func TestConfigurationFilesAgree(t *testing.T) {
	none, err := config.Load("", func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	base, gpu := load(t, render(t, "base")), load(t, render(t, "overlays/gpu"))
	if diff := cmp.Diff(none, base); diff != "" {
		t.Errorf("defaults against the base (-defaults +base):\n%s", diff)
	}
	if diff := cmp.Diff(base.Metrics, gpu.Metrics[:len(gpu.Metrics)-1]); diff != "" {
		t.Errorf("base against all but the last metric of the GPU component (-base +gpu):\n%s", diff)
	}
}
