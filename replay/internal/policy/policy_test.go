package policy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
)

// good is an HPA that leaves out what has a default.
const good = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 5
  metrics:
  - type: Pods
    pods:
      metric: {name: active_users_per_pod}
      target: {type: AverageValue, averageValue: "10"}
`

func TestDefaults(t *testing.T) {
	hpa, err := ReadHPA([]byte(good + "  behavior: {scaleDown: {stabilizationWindowSeconds: 60}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if hpa.Namespace != "default" || *hpa.Spec.MinReplicas != 1 || hpa.Generation != 1 {
		t.Errorf("namespace %q, minReplicas %d, generation %d", hpa.Namespace, *hpa.Spec.MinReplicas, hpa.Generation)
	}
	up := hpa.Spec.Behavior.ScaleUp // 4 pods or 100 % per 15 s
	if up == nil || len(up.Policies) != 2 || *up.SelectPolicy != autoscalingv2.MaxChangePolicySelect || *up.StabilizationWindowSeconds != 0 {
		t.Errorf("scaleUp is %+v", up)
	}
}

func TestOneHPAOfMany(t *testing.T) {
	service := "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n---\n"
	hpa, err := ReadHPA([]byte(service + good + "---\n# nothing\n"))
	if err != nil || hpa.Name != "web" {
		t.Errorf("%v, %v", hpa, err)
	}
}

func TestShipped(t *testing.T) {
	const manifests = "../../../manifests/"
	for _, config := range []string{"", manifests + "base/adapter/adapter.yaml", manifests + "components/gpu/adapter.yaml"} {
		p, err := Load(manifests+"base/workload/hpa.yaml", config)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.HPA.Spec.Metrics) != 2 || p.HPA.Spec.Behavior.ScaleDown.Tolerance.String() != "300m" || p.Metrics[0].Name != "active_users_per_pod" {
			t.Errorf("%s: %+v", config, p)
		}
	}
}

// What people get wrong most is among the program's own tests.
func TestBadHPA(t *testing.T) {
	replace := func(old, by string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("no %q", old)
		}
		return strings.Replace(good, old, by, 1)
	}
	for name, test := range map[string]struct {
		text string
		want string // part of the error
	}{
		"field twice":  {replace("maxReplicas: 5", "maxReplicas: 5\n  maxReplicas: 6"), `"maxReplicas" already set`},
		"no quantity":  {replace(`averageValue: "10"`, `averageValue: ten`), `spec.metrics[0].pods.target.averageValue: Invalid value: "ten": must be a quantity, such as 10, 500m or 2k`},
		"kind missing": {replace("kind: HorizontalPodAutoscaler\n", ""), `kind "" in it: allowed: kind "HorizontalPodAutoscaler"`},
		"list":         {"apiVersion: v1\nkind: List\nitems: []\n", `kind "List" in it: allowed: kind "HorizontalPodAutoscaler"`},
		"others":       {strings.Repeat("kind: B\n---\nkind: A\n---\n", 2), `kind "A", "B" in it: allowed`},
		"wrong type":   {replace("maxReplicas: 5", "maxReplicas: five"), "spec.maxReplicas"},
		"max":          {replace("maxReplicas: 5", "maxReplicas: 0"), "spec.maxReplicas: Invalid value: 0"},
		"no target":    {replace("kind: Deployment, ", ""), "spec.scaleTargetRef.kind: Required value"},
		"target 0":     {replace(`averageValue: "10"`, `averageValue: "0"`), "spec.metrics[0].pods.target.averageValue: Invalid value"},
		"tolerance":    {good + "  behavior: {scaleUp: {tolerance: \"-1\"}}\n", "spec.behavior.scaleUp.tolerance: Invalid value"},
		"window":       {good + "  behavior: {scaleDown: {stabilizationWindowSeconds: 3601}}\n", "spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: 3601"},
	} {
		hpa, err := ReadHPA([]byte(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, %v: want %s", name, hpa, err, test.want)
		}
	}
}

func TestBadMetrics(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hpa.yaml")
	for name, test := range map[string]struct{ metric, want string }{
		"selector": {
			`{type: Pods, pods: {metric: {name: active_users_raw, selector: {matchLabels: {a: b}}}, target: {type: AverageValue, averageValue: "1"}}}`,
			"spec.metrics[1].pods.metric.selector: Forbidden",
		},
		"container": {
			`{type: ContainerResource, containerResource: {name: memory, container: web, target: {type: Utilization, averageUtilization: 50}}}`,
			`spec.metrics[1].containerResource.name: Unsupported value: "memory"`,
		},
		"other object": {
			`{type: Object, object: {describedObject: {apiVersion: v1, kind: Service, name: web}, metric: {name: active_users_total_smoothed}, target: {type: Value, value: "1"}}}`,
			`spec.metrics[1].object.describedObject: Invalid value: "Service web": a replay knows one object with pods, the scaleTargetRef: Deployment web`,
		},
		"object's metric": {
			`{type: Object, object: {describedObject: {apiVersion: apps/v1, kind: Deployment, name: web}, metric: {name: active_users_raw}, target: {type: Value, value: "1"}}}`,
			`spec.metrics[1].object.metric.name: Unsupported value: "active_users_raw": supported values: "active_users_total_smoothed"`,
		},
	} {
		if err := os.WriteFile(path, []byte(good+"  - "+test.metric+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path, ""); err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v: want %s", name, err, test.want)
		}
	}
}

func TestBadAnnotations(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hpa.yaml")
	text := strings.Replace(good, "{name: web}\nspec", "{name: web, annotations: {userscale.dev/alpha: \"2\"}}\nspec", 1)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path, ""); err == nil || !strings.Contains(err.Error(), "metadata.annotations: userscale.dev/alpha") {
		t.Error(err)
	}
}

// What is wrong in a configuration is the business of its own package; here it must arrive, with the file and the fields.
func TestBadConfiguration(t *testing.T) {
	folder := t.TempDir()
	hpa, config := filepath.Join(folder, "hpa.yaml"), filepath.Join(folder, "adapter.yaml")
	text := "apiVersion: adapter.userscale.dev/v1alpha1\nkind: AdapterConfiguration\nmetrics:\n- {name: users, maxAge: 1ms, pods: {field: u, every: 2s}}\n"
	for file, text := range map[string]string{hpa: good, config: text} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Load(hpa, config)
	for _, want := range []string{config, "metrics[0].maxAge", "metrics[0].pods.every"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: want %s", err, want)
		}
	}
	if _, err := Load(filepath.Join(folder, "none.yaml"), ""); err == nil || !strings.Contains(err.Error(), "none.yaml") {
		t.Error(err)
	}
	if _, err := Load(hpa, filepath.Join(folder, "none.yaml")); err == nil || !strings.Contains(err.Error(), "none.yaml") {
		t.Error(err)
	}
}
