package manifests

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// The GPU metric comes from dcgm-exporter: through a Prometheus in one component, from its pods in the other. Nothing else differs.
func TestGPUComponents(t *testing.T) {
	folder := t.TempDir()
	text := "resources: [" + fromFolder(t, folder, "base") + "]\ncomponents: [" + fromFolder(t, folder, "components/gpu-exporters") + "]\n"
	if err := os.WriteFile(filepath.Join(folder, "kustomization.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	direct, prometheus := build(t, folder), render(t, "overlays/gpu")
	if diff := cmp.Diff(hpa(t, prometheus).Spec, hpa(t, direct).Spec); diff != "" {
		t.Errorf("HPA (-gpu +gpu-exporters):\n%s", diff)
	}
	asked, exporters := load(t, prometheus), load(t, direct)
	checkServed(t, direct, exporters)
	through, from := &asked.Metrics[1], &exporters.Metrics[1]
	if through.DCGM.Prometheus == nil || from.DCGM.Exporters == nil || len(exporters.PrometheusServers) > 0 {
		t.Fatalf("sources are %+v and %+v", through.DCGM, from.DCGM)
	}
	through.DCGM.Prometheus, from.DCGM.Exporters = nil, nil
	if diff := cmp.Diff(asked.Metrics, exporters.Metrics); diff != "" {
		t.Errorf("metrics (-gpu +gpu-exporters):\n%s", diff)
	}
}

// The end-to-end test's overlay without a Prometheus asks the simulator's pods, at a port that they have.
func TestExportersOfTheEndToEndTest(t *testing.T) {
	resources := build(t, "../e2e/gpu-exporters")
	c := load(t, resources)
	checkServed(t, resources, c)
	pods := deployment(t, resources, "dcgm-simulator").Spec.Template
	target := c.Metrics[1].DCGM.Exporters.Targets[0]
	selector, err := metav1.LabelSelectorAsSelector(&target.Selector)
	if err != nil {
		t.Fatal(err)
	}
	if !selector.Matches(labels.Set(pods.Labels)) || pods.Spec.Containers[0].Ports[0].Name != target.Port.StrVal {
		t.Errorf("the target %+v is not the simulator's pods", target)
	}
}

// TestWorkloadWithCUDA: the pods of the demo workload have a GPU each where the HPA names one and only there.
func TestWorkloadWithCUDA(t *testing.T) {
	for _, tt := range []struct{ overlay, image, gpus string }{
		{"base", "localhost/userscale/workload:dev", "0"},
		{"overlays/demo", "localhost/userscale/workload:dev", "0"}, // its GPUs are simulated
		{"overlays/gpu", "localhost/userscale/workload-cuda:dev", "1"},
	} {
		c := deployment(t, render(t, tt.overlay), "workload").Spec.Template.Spec.Containers[0]
		gpus := c.Resources.Limits["nvidia.com/gpu"]
		if c.Image != tt.image || gpus.String() != tt.gpus {
			t.Errorf("%s: image %s with %s GPUs, want %s with %s", tt.overlay, c.Image, gpus.String(), tt.image, tt.gpus)
		}
		if must := len(c.Env) == 1 && c.Env[0].Name == "GPU_MODE" && c.Env[0].Value == "cuda"; must != (tt.gpus == "1") {
			t.Errorf("%s: the environment is %v, want GPU_MODE=cuda with a GPU only", tt.overlay, c.Env)
		}
	}
}
