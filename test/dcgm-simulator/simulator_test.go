package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
)

func testOptions() options {
	return options{selector: "app=workload", port: 8000, hostname: "node-1", generation: "4.x"}
}

// newPod makes a running pod; its number is in its UID and IP.
func newPod(name, number string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "userscale", Name: name, Labels: map[string]string{"app": "workload"},
			UID: types.UID("00000000-0000-0000-0000-00000000000" + number),
		},
		Spec:   corev1.PodSpec{Containers: []corev1.Container{{Name: "workload"}, {Name: "sidecar"}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, PodIP: "10.0.0." + number},
	}
}

// pods answers for the pods' own /metrics, by URL.
type pods map[string]float64

func (p pods) read(_ context.Context, url string) (float64, error) {
	percent, ok := p[url]
	if !ok {
		return 0, errors.New("connection refused")
	}
	return percent, nil
}

func get(t *testing.T, handler http.Handler, path string) (int, string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	body, err := io.ReadAll(recorder.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return recorder.Code, string(body)
}

const (
	header = "# HELP DCGM_FI_DEV_GPU_UTIL GPU utilization (in %).\n# TYPE DCGM_FI_DEV_GPU_UTIL gauge\n"
	idle   = `DCGM_FI_DEV_GPU_UTIL{gpu="0",UUID="GPU-00000000-0000-0000-0000-000000000000",pci_bus_id="00000000:01:00.0",device="nvidia0",` +
		`modelName="Simulated GPU",Hostname="node-1"} 0` + "\n"
	first = `DCGM_FI_DEV_GPU_UTIL{gpu="1",UUID="GPU-00000000-0000-0000-0000-000000000001",pci_bus_id="00000000:02:00.0",device="nvidia1",` +
		`modelName="Simulated GPU",Hostname="node-1",container="workload",namespace="userscale",pod="workload-a"} 38` + "\n"
)

func TestSimulatorFollowsThePods(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := fake.NewClientset()
		answers := pods{"http://10.0.0.1:8000/metrics": 37.5}
		s := &simulator{read: answers.read, port: "8000", logger: slog.New(slog.DiscardHandler)}
		handler := newHandler(s, testOptions())
		expect := func(what string, wantCode int, want string) {
			t.Helper()
			synctest.Wait()
			code, body := get(t, handler, "/metrics")
			if code != wantCode {
				t.Errorf("%s: status %d, want %d", what, code, wantCode)
			}
			if diff := cmp.Diff(want, body); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		expect("before the first refresh", http.StatusServiceUnavailable, "no pod was read yet\n")
		if code, _ := get(t, handler, "/health"); code != http.StatusServiceUnavailable {
			t.Errorf("health before the first refresh: status %d, want 503", code)
		}

		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.run(ctx, client, testOptions()) }()
		second := func() { time.Sleep(refreshInterval); synctest.Wait() } // in the bubble's time
		second()
		expect("without pods", http.StatusOK, header+idle)
		if code, _ := get(t, handler, "/health"); code != http.StatusOK {
			t.Errorf("health: status %d, want 200", code)
		}

		api := client.CoreV1().Pods("userscale")
		if _, err := api.Create(ctx, newPod("workload-a", "1"), metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		second()
		expect("with a pod", http.StatusOK, header+idle+first)

		delete(answers, "http://10.0.0.1:8000/metrics")
		second()
		expect("with a pod that can't be read", http.StatusOK, header+idle)

		answers["http://10.0.0.1:8000/metrics"] = 37.5
		second()
		expect("with the pod back", http.StatusOK, header+idle+first)

		if err := api.Delete(ctx, "workload-a", metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		second()
		expect("after the pod was deleted", http.StatusOK, header+idle)

		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

func TestPodsWithGPU(t *testing.T) {
	tests := []struct {
		name   string
		change func(*corev1.Pod)
		want   bool
	}{
		{"running", func(*corev1.Pod) {}, true},
		{"being deleted", func(p *corev1.Pod) { p.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)} }, true},
		{"without an IP", func(p *corev1.Pod) { p.Status.PodIP = "" }, false},
		{"pending", func(p *corev1.Pod) { p.Status.Phase = corev1.PodPending }, false},
		{"failed", func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed }, false},
		{"succeeded", func(p *corev1.Pod) { p.Status.Phase = corev1.PodSucceeded }, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pod := newPod("workload-a", "1")
			test.change(pod)
			if got := hasGPU(pod); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

func TestPercentIsAnIntegerWithinRange(t *testing.T) {
	for percent, want := range map[float64]int{-1: 0, 0: 0, 0.4: 0, 0.5: 1, 99.4: 99, 99.6: 100, 100: 100, 250: 100} {
		if got := asDCGM(percent); got != want {
			t.Errorf("%g: got %d, want %d", percent, got, want)
		}
	}
}

func TestSlotsAreKeptForLife(t *testing.T) {
	a, b, c, d := newPod("a", "1"), newPod("b", "2"), newPod("c", "3"), newPod("d", "4")
	steps := []struct {
		pods []*corev1.Pod
		want slots
	}{
		{[]*corev1.Pod{a, b, c}, slots{a.UID: 1, b.UID: 2, c.UID: 3}},
		{[]*corev1.Pod{c, b}, slots{b.UID: 2, c.UID: 3}},
		{[]*corev1.Pod{d, c, b}, slots{d.UID: 1, b.UID: 2, c.UID: 3}}, // a's is free
		{nil, slots{}},
	}
	var s slots
	for i, step := range steps {
		s.assign(step.pods)
		if diff := cmp.Diff(step.want, s); diff != "" {
			t.Errorf("step %d (-want +got):\n%s", i, diff)
		}
	}
}

func TestPodUIDLabelIsOptional(t *testing.T) {
	r := reading{index: 1, pod: newPod("workload-a", "1")}
	last := func(o options) string {
		pairs := labelsOf(r, o)
		return pairs[len(pairs)-1].GetName()
	}
	o := testOptions()
	if got := last(o); got != "pod" {
		t.Errorf("by default the last label is %q, want pod", got)
	}
	o.podUID = true
	if got := last(o); got != "pod_uid" {
		t.Errorf("when asked for, the last label is %q, want pod_uid", got)
	}
}
