package e2e

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"userscale.dev/userscale/test/load"
	"userscale.dev/userscale/test/observe"
)

// settings of one test's HPA, where they differ from what is shipped.
type settings struct {
	min, max int32
	window   int   // scale-in stabilisation, seconds
	stepDown int32 // pods per 15 s; 0 = as shipped
	gpu      bool  // with the GPU metric
}

// deployed is a workload of one test in a namespace of its own, watched from the start.
type deployed struct {
	namespace string
	selector  string
	url       string
	settings  settings
	recorder  *observe.Recorder
	loads     map[string]*load.Run
}

var kustomization = template.Must(template.New("").Parse(`apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: {{.Namespace}}
resources:
- namespace.yaml
- {{.Workload}}
patches:
- target: {kind: Deployment}
  patch: | # half of what is shipped, so that the pods of several tests fit on two cores
    - {op: replace, path: /spec/template/spec/containers/0/resources/requests/cpu, value: 100m}
- target: {kind: HorizontalPodAutoscaler}
  patch: |
    - {op: replace, path: /spec/minReplicas, value: {{.Min}}}
    - {op: replace, path: /spec/maxReplicas, value: {{.Max}}}
    - {op: replace, path: /spec/behavior/scaleDown/stabilizationWindowSeconds, value: {{.Window}}}
    - {op: replace, path: /spec/behavior/scaleDown/policies/0/value, value: {{.StepDown}}}
{{- if .GPU}}
    - op: add
      path: /spec/metrics/-
      value: {type: Pods, pods: {metric: {name: gpu_utilization_smoothed}, target: {type: AverageValue, averageValue: "70"}}}
{{- end}}
`))

// newWorkload deploys the shipped workload into a namespace named after the test, waits until its HPA reads every metric, and
// records it until the test ends.
func newWorkload(t *testing.T, s settings) *deployed {
	t.Helper()
	w := &deployed{
		namespace: "e2e-" + strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(t.Name(), "Test"), "/", "-")),
		selector:  "app.kubernetes.io/name=" + workload,
		settings:  s,
		loads:     map[string]*load.Run{},
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	if _, err := shared.Kubectl(ctx, "apply", "-k", w.write(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.remove(t) })
	if err := shared.WaitAllRolledOut(ctx, w.namespace); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.url, err = shared.ServiceURL(ctx, w.namespace, workload); err != nil {
		t.Fatal(err)
	}
	if err := observe.WaitReading(ctx, shared, w.namespace, workload); err != nil {
		t.Fatal(err)
	}
	w.record(t)
	return w
}

// write renders the test's kustomization and returns its folder.
func (w *deployed) write(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(out, w.namespace)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	base, err := filepath.Rel(dir, filepath.Join(manifests, "base", "workload"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(dir, "kustomization.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	stepDown := max(w.settings.stepDown, 1)
	err = kustomization.Execute(file, map[string]any{
		"Namespace": w.namespace, "Workload": base, "Min": w.settings.min, "Max": w.settings.max,
		"Window": w.settings.window, "StepDown": stepDown, "GPU": w.settings.gpu,
	})
	if err != nil {
		t.Fatal(err)
	}
	namespace := fmt.Sprintf("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: %s\n", w.namespace)
	if err := os.WriteFile(filepath.Join(dir, "namespace.yaml"), []byte(namespace), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// record watches the HPA until the test ends, and prints what was seen if the test failed.
func (w *deployed) record(t *testing.T) {
	w.recorder = observe.NewRecorder(shared, w.namespace, workload, nil)
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
	w.load(t, name, "--scenario", "stream", "--concurrency", strconv.Itoa(users), "--stream-ms", "2000", "--ramp", "5s")
}

func (w *deployed) load(t *testing.T, name string, args ...string) {
	t.Helper()
	run, err := load.Start(context.Background(), loadgen, filepath.Join(out, w.namespace), "load-"+name, append(args, "--target", w.url)...)
	if err != nil {
		t.Fatal(err)
	}
	w.loads[name] = run
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

// selfMetric reads one of the adapter's own metrics for this workload's HPA and users.
func (w *deployed) selfMetric(t *testing.T, name string) float64 {
	t.Helper()
	line := regexp.MustCompile(fmt.Sprintf(`(?m)^%s\{[^}]*metric="%s",namespace="%s"[^}]*\} (\S+)$`, name, observe.Users, w.namespace))
	found := line.FindSubmatch(scrapeAdapter(t))
	if found == nil {
		t.Fatalf("the adapter's /metrics has no %s of namespace %s", name, w.namespace)
	}
	value, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// scrapeAdapter gets /metrics from the adapter itself: its certificate is verified against the CA that it published, and the
// client's certificate, the cluster administrator's, is verified and authorised by the adapter.
func scrapeAdapter(t *testing.T) []byte {
	t.Helper()
	service, err := shared.Client.CoreV1().Services(systemNamespace).Get(t.Context(), adapter, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	published, err := shared.Kubectl(t.Context(), "get", "apiservice", "v1beta2.custom.metrics.k8s.io", "-o", "jsonpath={.spec.caBundle}")
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := base64.StdEncoding.DecodeString(published)
	if err != nil {
		t.Fatal(err)
	}
	config := rest.CopyConfig(shared.Config)
	config.Host = "https://" + service.Spec.ClusterIP
	config.CAFile, config.CAData, config.ServerName = "", bundle, adapter+"."+systemNamespace+".svc"
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, config.Host+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("GET /metrics of the adapter: %s, %v: %.200s", response.Status, err, body)
	}
	return body
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
