package policy

import (
	"strings"
	"testing"
)

// A user may have no more than the one text that kustomize makes of the manifests. test/manifests keeps the copies here up to date.
func TestRendered(t *testing.T) {
	for file, want := range map[string]struct {
		config  string
		metrics int
	}{
		"testdata/base.yaml":         {"", 2},
		"testdata/overlays-gpu.yaml": {"../../../manifests/components/gpu/adapter.yaml", 3},
	} {
		p, err := Load(file, want.config)
		if err != nil {
			t.Error(err)
		} else if p.HPA.Namespace != "userscale" || len(p.HPA.Spec.Metrics) != want.metrics {
			t.Errorf("%s: %s/%s with %d metrics, want %d", file, p.HPA.Namespace, p.HPA.Name, len(p.HPA.Spec.Metrics), want.metrics)
		}
		_, err = Load(file, file)
		for _, want := range []string{"configuration from " + file + ": ConfigMap userscale-adapter-", "in its data under adapter.yaml", "USERSCALE_ALPHA"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v: want %s", file, err, want)
			}
		}
	}
	_, err := Load("testdata/overlays-gpu.yaml", "")
	if want := `with the shipped configuration: spec.metrics[2].pods.metric.name: Unsupported value: "gpu_utilization_smoothed"`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v: want %s", err, want)
	}
}
