package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"userscale.dev/userscale/pkg/explain"
	"userscale.dev/userscale/test/observe"
)

// testGPU loads the simulated GPUs of two pods, users and CPU being low, and wants the HPA to scale out by GPU alone. The label is the
// one by which the GPU's series name the pods. The run is recorded, and the HPA controller decides the same when it is replayed.
func testGPU(t *testing.T, component, label string) {
	w := newWorkload(t, settings{min: 2, max: 4, window: 60, gpu: true})
	run := w.watchHPA(t, "components/"+component+"/adapter.yaml")
	began := time.Now()
	w.load(t, "gpu", w.url, "--scenario", "gpu", "--concurrency", "8", "--work-ms", "3000", "--timeout", "60s", "--ramp", "3s")
	w.until(t, 2*time.Minute, "a third ready pod", func(o observe.Observation) bool { return o.Ready > 2 })
	if seen, ok := observe.ScaledBy(w.recorder.RescalesSince(began), observe.GPU); !ok {
		t.Errorf("scale-outs were not by GPU alone: %s", seen)
	}
	description, err := shared.Kubectl(t.Context(), "--namespace", w.namespace, "describe", "hpa", workload)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"active_users_per_pod" on pods`, `"gpu_utilization_smoothed" on pods`, "resource cpu on pods", "ScalingActive   True"} {
		if !strings.Contains(description, want) {
			t.Errorf("kubectl describe hpa does not say %q:\n%s", want, description)
		}
	}
	if strings.Contains(description, "<unknown>") {
		t.Errorf("kubectl describe hpa has unknown values:\n%s", description)
	}
	if warnings := w.recorder.Warnings(); len(warnings) > 0 {
		t.Errorf("%d warning events on the HPA after start-up, first %+v", len(warnings), warnings[0])
	}
	w.wantAttributed(t, label)
	run.stop(t)
	run.verify(t)
}

// wantAttributed wants the adapter to say of every pod with a GPU value which GPU it is from, and how it knows.
func (w *deployed) wantAttributed(t *testing.T, label string) {
	t.Helper()
	report, err := observe.Explain(t.Context(), shared, w.namespace, workload)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(report.Metrics, func(m explain.Metric) bool { return m.Name == observe.GPU })
	if i < 0 {
		t.Fatalf("the explanation has no metric %s: %s", observe.GPU, report.Sentence)
	}
	attributed := 0
	for _, pod := range report.Metrics[i].Pods {
		t.Logf("%s: %s %s %s", pod.Name, pod.State, pod.Note, pod.Detail)
		if pod.Raw == nil {
			continue
		}
		attributed++
		if !strings.HasPrefix(pod.Note, "GPU-") || !strings.HasSuffix(pod.Note, ": DCGM_FI_DEV_GPU_UTIL (percent), labels "+label) {
			t.Errorf("%s's value is explained by %q, want a GPU, the metric and the label %s", pod.Name, pod.Note, label)
		}
	}
	if attributed < 2 {
		t.Errorf("%d pods have a GPU's value, want at least 2", attributed)
	}
}

// testKills kills the adapter, Prometheus and one of the workload's pods under load. Nothing may scale in for want of data, and
// the HPA must read everything again by itself.
func testKills(t *testing.T) {
	const k = 3
	w := newWorkload(t, settings{min: 2, max: 6, window: 0, stepDown: 10, gpu: true})
	w.start(t, "users", 10*k-4)
	w.until(t, 2*time.Minute, "3 ready pods", func(o observe.Observation) bool { return o.Ready == k })
	pause(t, 20*time.Second)
	began := time.Now()
	for _, victim := range []struct{ name, namespace, selector string }{
		{"the adapter", systemNamespace, "app.kubernetes.io/name=" + adapter},
		{"Prometheus", systemNamespace, "app.kubernetes.io/name=prometheus"},
		{"a workload pod", w.namespace, w.selector},
	} {
		t.Logf("killing %s", victim.name)
		kill(t, victim.namespace, victim.selector)
		pause(t, 30*time.Second)
		if err := shared.WaitAllRolledOut(t.Context(), victim.namespace); err != nil {
			t.Fatal(err)
		}
	}
	w.until(t, time.Minute, "the HPA to read all metrics again", func(o observe.Observation) bool {
		return o.Active && len(o.Metrics) == 3 && len(o.Smoothed) == 2
	})
	for _, r := range w.recorder.RescalesSince(began) {
		if r.To < r.From {
			t.Errorf("scaled in %d→%d for want of data: %s %v", r.From, r.To, r.Reason, r.Metrics)
		}
	}
}

// kill ends the first pod that matches at once, without the grace of a shutdown.
func kill(t *testing.T, namespace, selector string) {
	t.Helper()
	pods, err := shared.Pods(t.Context(), namespace, selector)
	if err != nil || len(pods) == 0 {
		t.Fatalf("find a pod %s in %s: %v", selector, namespace, err)
	}
	now := int64(0)
	err = shared.Client.CoreV1().Pods(namespace).Delete(t.Context(), pods[0].Name, metav1.DeleteOptions{GracePeriodSeconds: &now})
	if err != nil {
		t.Fatal(err)
	}
}
