package meaning

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/labels"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/discover"
	"userscale.dev/userscale/pkg/smoothing"
)

func TestDiscoveryRules(t *testing.T) {
	settings := configured(t, `
metrics:
- {name: users, pods: {field: u, targets: [{namespaces: [shop], selector: {matchLabels: {app: web}}, port: 80}, {namespaces: [shop], port: http, path: /m, scheme: https}]}}
- {name: load, pods: {field: l, prometheusAnnotations: true}}
- {name: gpu, dcgm: {exporters: {}}}
`)
	got, err := DiscoveryRules(settings)
	if err != nil {
		t.Fatal(err)
	}
	exporter := func(label, value string) discover.Selector {
		return discover.Selector{Labels: labels.SelectorFromSet(labels.Set{label: value}), Port: "9400", Path: "/metrics", Scheme: "http"}
	}
	shop := []string{"shop"}
	want := discover.Rules{
		HalfLives: smoothing.Limits{Max: time.Hour},
		Pods: []discover.Rule{
			{Metric: "users", Annotations: true, Selectors: []discover.Selector{
				{Namespaces: shop, Labels: labels.SelectorFromSet(labels.Set{"app": "web"}), Port: "80", Path: "/metrics", Scheme: "http"},
				{Namespaces: shop, Labels: labels.Everything(), Port: "http", Path: "/m", Scheme: "https"},
			}},
			{Metric: "load", Annotations: true, Prometheus: true},
			{Metric: "gpu", Selectors: []discover.Selector{
				exporter("app.kubernetes.io/name", "dcgm-exporter"), exporter("app", "nvidia-dcgm-exporter"),
			}},
		},
	}
	same := cmp.Comparer(func(a, b labels.Selector) bool { return a.String() == b.String() })
	if diff := cmp.Diff(want, got, same); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func configured(t *testing.T, rest string) *config.AdapterConfiguration {
	t.Helper()
	text := "apiVersion: " + config.APIVersion + "\nkind: " + config.Kind + rest
	settings, err := config.Read(strings.NewReader(text), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return settings
}
