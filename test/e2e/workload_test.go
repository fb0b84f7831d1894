package e2e

import (
	"context"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"userscale.dev/userscale/test/load"
	"userscale.dev/userscale/test/observe"
)

// deployed is a workload of one test in a namespace of its own, watched from the start.
type deployed struct {
	name      string // of its HPA, scale target and Service
	namespace string
	selector  string
	url       string
	settings  settings
	recorder  *observe.Recorder
	loads     map[string]*load.Run
}

// newWorkload deploys the shipped workload into a namespace named after the test, waits until its HPA reads every metric, and
// records it until the test ends.
func newWorkload(t *testing.T, s settings) *deployed {
	t.Helper()
	w := newDeployed(t, workload, "app.kubernetes.io/name="+workload)
	w.settings = s
	w.deploy(t, w.write(t))
	return w
}

func newDeployed(t *testing.T, name, selector string) *deployed {
	return &deployed{
		name:      name,
		namespace: "e2e-" + strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(t.Name(), "Test"), "/", "-")),
		selector:  selector,
		loads:     map[string]*load.Run{},
	}
}

// deploy applies the kustomization in the folder, and is done when the HPA reads every metric.
func (w *deployed) deploy(t *testing.T, dir string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	if _, err := shared.Kubectl(ctx, "apply", "-k", dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.remove(t) })
	if err := shared.WaitAllRolledOut(ctx, w.namespace); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.url, err = shared.ServiceURL(ctx, w.namespace, w.name); err != nil {
		t.Fatal(err)
	}
	if err := observe.WaitReading(ctx, shared, w.namespace, w.name); err != nil {
		t.Fatal(err)
	}
	w.record(t)
}

// record watches the HPA until the test ends, and prints what was seen if the test failed.
func (w *deployed) record(t *testing.T) {
	w.recorder = observe.NewRecorder(shared, w.namespace, w.name, nil)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { w.recorder.Run(ctx); close(done) }()
	t.Cleanup(func() {
		stop()
		<-done
		if t.Failed() {
			w.tell(t)
		}
	})
}

// tell logs the decisions and warnings, and a line each ten seconds.
func (w *deployed) tell(t *testing.T) {
	observations, err := w.recorder.Observations()
	for i, o := range observations {
		if i%10 == 0 {
			t.Logf("%s raw %v smoothed %v current %d desired %d ready %d %v %s",
				o.Time.Format(time.TimeOnly), o.Raw, o.Smoothed, o.Current, o.Desired, o.Ready, o.Metrics, o.Reason)
		}
	}
	for _, r := range w.recorder.RescalesSince(time.Time{}) {
		t.Logf("%s %d→%d: %s %v", r.Time.Format(time.TimeOnly), r.From, r.To, r.Reason, r.Metrics)
	}
	for _, warning := range w.recorder.Warnings() {
		t.Logf("%s %s: %s", warning.Time.Format(time.TimeOnly), warning.Reason, warning.Message)
	}
	if err != nil {
		t.Logf("last look failed: %v", err)
	}
}

func (w *deployed) remove(t *testing.T) {
	for name := range w.loads {
		w.stop(t, name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	now := int64(0)
	err := shared.Client.CoreV1().Namespaces().Delete(ctx, w.namespace, metav1.DeleteOptions{GracePeriodSeconds: &now})
	if err != nil {
		t.Errorf("delete namespace %s: %v", w.namespace, err)
	}
}

// start sends users to the workload: each streams again and again, over a new connection every time.
func (w *deployed) start(t *testing.T, name string, users int) {
	t.Helper()
	w.load(t, name, w.url, streams(users)...)
}

// startOnEach gives every pod the same users, past the Service, so that each pod's value is known and none moves.
func (w *deployed) startOnEach(t *testing.T, users int) {
	t.Helper()
	for _, pod := range w.pods(t) {
		w.load(t, pod.Name, "http://"+net.JoinHostPort(pod.Status.PodIP, "8000"), streams(users)...)
	}
}

func streams(users int) []string {
	return []string{"--scenario", "stream", "--concurrency", strconv.Itoa(users), "--stream-ms", "2000", "--ramp", "5s"}
}

func (w *deployed) load(t *testing.T, name, target string, args ...string) {
	t.Helper()
	run, err := load.Start(context.Background(), loadgen, filepath.Join(out, w.namespace), "load-"+name, append(args, "--target", target)...)
	if err != nil {
		t.Fatal(err)
	}
	w.loads[name] = run
}

// pods are the workload's pods, sorted by name.
func (w *deployed) pods(t *testing.T) []corev1.Pod {
	t.Helper()
	pods, err := shared.Pods(t.Context(), w.namespace, w.selector)
	if err != nil {
		t.Fatal(err)
	}
	return pods
}

func (w *deployed) stop(t *testing.T, name string) {
	t.Helper()
	if _, err := w.loads[name].Stop(); err != nil {
		t.Error(err)
	}
	delete(w.loads, name)
}

// until waits for an observation that satisfies the condition, and fails the test if none comes in time.
func (w *deployed) until(t *testing.T, limit time.Duration, what string, condition func(observe.Observation) bool) {
	t.Helper()
	began := time.Now()
	for deadline := began.Add(limit); time.Now().Before(deadline); pause(t, time.Second) {
		if seen := w.recorder.ObservationsSince(began); len(seen) > 0 && condition(seen[len(seen)-1]) {
			return
		}
	}
	t.Fatalf("waited %v for %s", limit, what)
}

// pause waits in a test against a live cluster, where there is no virtual time.
func pause(t *testing.T, d time.Duration) {
	t.Helper()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-t.Context().Done():
	case <-timer.C:
	}
}
