package manifests

import (
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
)

// settings are what the HPA says, under the names of userscale-config. Decoding was strict, so the numbers are numbers.
func settings(h autoscalingv2.HorizontalPodAutoscaler) map[string]string {
	number := func(n int32) string { return strconv.Itoa(int(n)) }
	s := map[string]string{
		"min_replicas":    number(*h.Spec.MinReplicas),
		"max_replicas":    number(h.Spec.MaxReplicas),
		"scale_up_step":   number(h.Spec.Behavior.ScaleUp.Policies[0].Value),
		"scale_down_step": number(h.Spec.Behavior.ScaleDown.Policies[0].Value),
	}
	for _, m := range h.Spec.Metrics {
		switch {
		case m.Resource != nil:
			s["cpu_target_utilization"] = number(*m.Resource.Target.AverageUtilization)
		case m.Pods.Metric.Name == "active_users_per_pod":
			s["users_target_per_pod"] = m.Pods.Target.AverageValue.String()
		case m.Pods.Metric.Name == "gpu_utilization_smoothed":
			s["gpu_target_utilization"] = m.Pods.Target.AverageValue.String()
		}
	}
	return s
}

// adapterOnly are the settings that the adapter reads, not the HPA.
func adapterOnly() []string {
	return []string{"alpha", "rise_half_life", "fall_half_life", "gpu_prometheus_base"}
}

func TestHPAFollowsTheConfig(t *testing.T) {
	for _, overlay := range overlays() {
		t.Run(overlay, func(t *testing.T) {
			resources := render(t, overlay)
			want := maps.Clone(configMap(t, resources, "userscale-config").Data)
			for _, name := range adapterOnly() {
				delete(want, name)
			}
			if overlay == "base" { // without the GPU component
				delete(want, "gpu_target_utilization")
			}
			if diff := cmp.Diff(want, settings(hpa(t, resources))); diff != "" {
				t.Errorf("userscale-config against the HPA (-want +got):\n%s", diff)
			}
		})
	}
}

// An overlay like a user's: every setting changed, in userscale-config only.
func TestOverlayChangesOnePlace(t *testing.T) {
	want := map[string]string{
		"min_replicas": "3", "max_replicas": "17", "scale_up_step": "5", "scale_down_step": "6",
		"users_target_per_pod": "21", "cpu_target_utilization": "55", "gpu_target_utilization": "44",
	}
	folder := t.TempDir()
	text := "resources: [" + fromFolder(t, folder, "overlays/gpu") + "]\n" +
		"transformers: [" + fromFolder(t, folder, "settings/base") + ", " + fromFolder(t, folder, "settings/gpu") + "]\n" +
		"configMapGenerator:\n- name: userscale-config\n  namespace: userscale\n  behavior: merge\n  literals:\n"
	for name, value := range want {
		text += "  - " + name + "=" + value + "\n"
	}
	if err := os.WriteFile(filepath.Join(folder, "kustomization.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, settings(hpa(t, build(t, folder)))); diff != "" {
		t.Errorf("HPA (-want +got):\n%s", diff)
	}
}

// fromFolder is the path of a shipped folder as seen from another one; kustomize takes relative ones only.
func fromFolder(t *testing.T, folder, name string) string {
	t.Helper()
	to, err := filepath.Abs(shipped + name)
	if err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Rel(folder, to)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// A workload of its own, in whatever namespace, has the same settings as the base.
func TestWorkloadAloneHasTheShippedSettings(t *testing.T) {
	alone, base := hpa(t, render(t, "base/workload")), hpa(t, render(t, "base"))
	if alone.Namespace != "" || base.Namespace != "userscale" {
		t.Errorf("namespaces are %q and %q, want none and userscale", alone.Namespace, base.Namespace)
	}
	if diff := cmp.Diff(alone.Spec, base.Spec); diff != "" {
		t.Errorf("base/workload against base (-alone +base):\n%s", diff)
	}
}

// An HPA that names a metric nobody serves never scales in.
func TestOnlyTheGPUComponentNamesAGPU(t *testing.T) {
	for overlay, want := range map[string]int{"base": 2, "overlays/gpu": 3, "overlays/demo": 3} {
		h := hpa(t, render(t, overlay))
		if got := len(h.Spec.Metrics); got != want {
			t.Errorf("%s: %d metrics, want %d", overlay, got, want)
		}
		if _, has := settings(h)["gpu_target_utilization"]; has != (want == 3) {
			t.Errorf("%s: GPU metric there: %t", overlay, has)
		}
	}
}

func TestBehaviour(t *testing.T) {
	for overlay, window := range map[string]int32{"base": 300, "overlays/gpu": 300, "overlays/demo": 30} {
		behavior := hpa(t, render(t, overlay)).Spec.Behavior
		if got := behavior.ScaleUp.Tolerance; got == nil || !got.IsZero() {
			t.Errorf("%s: scale-up tolerance %v, want 0", overlay, got)
		}
		if got := behavior.ScaleDown.Tolerance.MilliValue(); got != 300 {
			t.Errorf("%s: scale-down tolerance %d thousandths, want 300", overlay, got)
		}
		if got := *behavior.ScaleUp.StabilizationWindowSeconds; got != 0 {
			t.Errorf("%s: scale-up window %d s, want 0", overlay, got)
		}
		if got := *behavior.ScaleDown.StabilizationWindowSeconds; got != window {
			t.Errorf("%s: scale-down window %d s, want %d", overlay, got, window)
		}
	}
}
