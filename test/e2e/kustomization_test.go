package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"text/template"
)

// settings of one test's workload and HPA, where they differ from what is shipped.
type settings struct {
	min, max  int32
	window    int   // scale-in stabilisation, seconds
	stepDown  int32 // pods per 15 s; 0 = as shipped
	gpu       bool  // with the GPU metric
	usersOnly bool  // without CPU, so that nothing but the users' values decides; such pods also need no CPU to speak of
	stateful  bool  // a StatefulSet instead of a Deployment
	object    bool  // with the Service's total in place of the pods' users
}

// kind of the scale target.
func (s settings) kind() string {
	if s.stateful {
		return "StatefulSet"
	}
	return "Deployment"
}

// requestCPU is at most half of what is shipped, so that the pods of all tests that run at a time fit on two cores: up to 35 of faults and
// 15 more without a CPU metric, 5 with one, and what the cluster itself has. Pods that do not fit would wait for other tests to end.
func (s settings) requestCPU() string {
	if s.usersOnly {
		return "20m"
	}
	return "100m"
}

var kustomization = template.Must(template.New("").Parse(`apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: {{.Namespace}}
resources:
- namespace.yaml
- {{.Workload}}
patches:
- target: {kind: HorizontalPodAutoscaler}
  patch: |
    - {op: replace, path: /spec/minReplicas, value: {{.Min}}}
    - {op: replace, path: /spec/maxReplicas, value: {{.Max}}}
    - {op: replace, path: /spec/behavior/scaleDown/stabilizationWindowSeconds, value: {{.Window}}}
    - {op: replace, path: /spec/behavior/scaleDown/policies/0/value, value: {{.StepDown}}}
    - {op: replace, path: /spec/scaleTargetRef/kind, value: {{.Kind}}}
{{- if .UsersOnly}}
    - {op: test, path: /spec/metrics/1/resource/name, value: cpu}
    - {op: remove, path: /spec/metrics/1}
{{- end}}
{{- if .Object}}
    - {op: test, path: /spec/metrics/0/pods/metric/name, value: active_users_per_pod}
    - op: replace
      path: /spec/metrics/0
      value:
        type: Object
        object:
          describedObject: {apiVersion: v1, kind: Service, name: workload}
          metric: {name: active_users_total_smoothed}
          target: {type: AverageValue, averageValue: "10"}
{{- end}}
{{- if .GPU}}
    - op: add
      path: /spec/metrics/-
      value: {type: Pods, pods: {metric: {name: gpu_utilization_smoothed}, target: {type: AverageValue, averageValue: "70"}}}
{{- end}}
- target: {kind: Deployment}
  options: {allowKindChange: true}
  patch: |
    - {op: replace, path: /spec/template/spec/containers/0/resources/requests/cpu, value: {{.RequestCPU}}}
{{- if .Stateful}}
    - {op: replace, path: /kind, value: {{.Kind}}}
    - {op: add, path: /spec/serviceName, value: workload}
    - {op: add, path: /spec/podManagementPolicy, value: Parallel}
    - {op: add, path: /spec/updateStrategy, value: {type: OnDelete}}
    - {op: remove, path: /spec/strategy}
{{- end}}
`))

// write renders the test's kustomization and returns its folder.
func (w *deployed) write(t *testing.T) string {
	t.Helper()
	s := w.settings
	return w.render(t, kustomization, filepath.Join(manifests, "base", "workload"), map[string]any{
		"Min": s.min, "Max": s.max, "Window": s.window, "StepDown": max(s.stepDown, 1),
		"GPU": s.gpu, "UsersOnly": s.usersOnly, "Stateful": s.stateful, "Object": s.object, "Kind": s.kind(), "RequestCPU": s.requestCPU(),
	})
}

// render makes a folder with a kustomization of what is in another, and with its namespace.
func (w *deployed) render(t *testing.T, kustomization *template.Template, of string, values map[string]any) string {
	t.Helper()
	dir := filepath.Join(out, w.namespace)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	base, err := filepath.Rel(dir, of)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(dir, "kustomization.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	values["Namespace"], values["Workload"] = w.namespace, base
	if err := kustomization.Execute(file, values); err != nil {
		t.Fatal(err)
	}
	namespace := fmt.Sprintf("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: %s\n", w.namespace)
	if err := os.WriteFile(filepath.Join(dir, "namespace.yaml"), []byte(namespace), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}
