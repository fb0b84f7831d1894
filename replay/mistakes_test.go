package main

import (
	"strings"
	"testing"
)

// mistakes are what a file may have, or a command line, and what must be said of it.
type mistakes map[string]struct{ text, want string }

// refused checks that a command line is refused as such, with some words, before anything is shown.
func refused(t *testing.T, name string, args []string, want ...string) {
	t.Helper()
	code, stdout, stderr := invoke(t.Context(), t, args...)
	if code != exitUsage || stdout != "" || !strings.HasSuffix(stderr, "\nreplay --help tells all flags\n") {
		t.Errorf("%s: exit code %d, stdout %q, stderr %q", name, code, stdout, stderr)
	}
	for _, want := range want {
		if !strings.Contains(stderr, want) {
			t.Errorf("%s: got %swant %s", name, stderr, want)
		}
	}
}

func TestBadTraces(t *testing.T) {
	const value, time = "allowed: a number from 0 to 1e+09", "allowed: a number from 0 to 3600000"
	for name, mistake := range (mistakes{
		"empty":           {"", "is empty: allowed: the header t_seconds,value, then rows"},
		"header only":     {"t_seconds,value\n", "0 rows: allowed: at least 2"},
		"one row":         {"t_seconds,value\n0,1\n", "1 rows: allowed: at least 2"},
		"wrong header":    {"time,users\n0,1\n1,1\n", `line 1: "time,users": allowed: the header t_seconds,value`},
		"byte order mark": {"\ufefft_seconds,value\n0,1\n1,1\n", "line 1: begins with a byte order mark: allowed: UTF-8 without one"},
		"other separator": {"t_seconds;value\n0;1\n1;1\n", `line 1: "t_seconds;value": allowed: the header t_seconds,value`},
		"no CSV":          {"PK\x03\x04\x00\"\n", `line 1: bare " in non-quoted-field: allowed: t_seconds,value, two numbers`},
		"unsorted":        {"t_seconds,value\n0,1\n2,1\n1,3\n", `line 4: t_seconds "1": allowed: more than the row before, 2`},
		"gap, CRLF":       {"t_seconds,value\r\n0,20\r\n1,60\r\n3,60\r\n", `line 4: t_seconds "3": allowed: 2, since the step is 1: no row may be missing`},
		"negative":        {"t_seconds,value\n0,1\n1,-1\n", `line 3: value "-1": ` + value},
		"NaN":             {"t_seconds,value\n0,1\n1,NaN\n", `line 3: value "NaN": ` + value},
		"infinite":        {"t_seconds,value\n0,1\n1,Inf\n", `line 3: value "Inf": ` + value},
		"huge":            {"t_seconds,value\n0,1\n1,1e300\n", `line 3: value "1e300": ` + value},
		"many users":      {"t_seconds,value\n0,1\n1,1e9\n", "1e+09 users in second 1: allowed: at most 1e+07, see --scale and --scale-to-peak"},
		"huge time":       {"t_seconds,value\n0,1\n1e300,1\n", `line 3: t_seconds "1e300": ` + time},
	}) {
		path := file(t, "load.csv", mistake.text)
		refused(t, name, []string{"--trace", path, "--hpa", shippedHPA}, "trace "+path+": ", mistake.want)
	}
}

// hpa is a good one.
const hpa = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 1
  maxReplicas: 5
  metrics:
  - {type: Pods, pods: {metric: {name: active_users_per_pod}, target: {type: AverageValue, averageValue: "10"}}}
`

func TestBadHPAs(t *testing.T) {
	changed := func(old, by string) string {
		if !strings.Contains(hpa, old) {
			t.Fatalf("no %q", old)
		}
		return strings.Replace(hpa, old, by, 1)
	}
	for name, mistake := range (mistakes{
		"empty":          {"", "nothing in it: begin with apiVersion: autoscaling/v2 and kind: HorizontalPodAutoscaler"},
		"no YAML":        {"a: [", "document 1: yaml: line 1: "},
		"no object":      {"t_seconds,value\n", `document 1: "t_seconds,value": allowed: an object, a map with apiVersion and kind`},
		"other object":   {"apiVersion: v1\nkind: Service\n", `kind "Service" in it: allowed: kind "HorizontalPodAutoscaler"`},
		"v1":             {changed("autoscaling/v2", "autoscaling/v1"), `apiVersion: Unsupported value: "autoscaling/v1": supported values: "autoscaling/v2"`},
		"v2beta2":        {changed("autoscaling/v2", "autoscaling/v2beta2"), `"autoscaling/v2beta2": supported values: "autoscaling/v2"`},
		"two":            {hpa + "---\n" + changed("web", "api"), `document 2: a second HorizontalPodAutoscaler, "api" after "web": allowed: one`},
		"no metrics":     {strings.Split(hpa, "  metrics:")[0], "spec.metrics: Required value: name at least one"},
		"unknown metric": {changed("active_users_per_pod", "queue"), `with the shipped configuration: spec.metrics[0].pods.metric.name: Unsupported value: "queue": supported values: "active_users_per_pod", "active_users_raw"`},
		"external": {hpa + `  - {type: External, external: {metric: {name: queue}, target: {type: AverageValue, averageValue: "1"}}}`,
			`spec.metrics[1].type: Unsupported value: "External": supported values: "Pods", "Resource", "ContainerResource", "Object"`},
		"memory": {hpa + `  - {type: Resource, resource: {name: memory, target: {type: Utilization, averageUtilization: 50}}}`,
			`spec.metrics[1].resource.name: Unsupported value: "memory": supported values: "cpu"`},
		"zero":          {changed("minReplicas: 1", "minReplicas: 0"), "spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas"},
		"min above max": {changed("minReplicas: 1", "minReplicas: 6"), "spec.maxReplicas: Invalid value: 5: must be greater than or equal to `minReplicas`"},
		"many pods":     {changed("maxReplicas: 5", "maxReplicas: 10001"), "spec.maxReplicas: Invalid value: 10001: a replay has at most 10000 pods"},
		"unknown field": {changed("maxReplicas: 5", "maxReplicas: 5\n  maxReplica: 6"), `unknown field "spec.maxReplica"`},
	}) {
		path := file(t, "hpa.yaml", mistake.text)
		refused(t, name, []string{"--trace", step(t), "--hpa", path}, "HPA from "+path, mistake.want)
	}
	folder := t.TempDir()
	refused(t, "folder", []string{"--trace", step(t), "--hpa", folder}, "HPA: read "+folder+": is a directory")
}

func TestBadConfigurations(t *testing.T) {
	const begin = "apiVersion: adapter.userscale.dev/v1alpha1\nkind: AdapterConfiguration\n"
	metric := func(more string) string {
		return begin + "metrics:\n- {name: active_users_per_pod, pods: {field: u}" + more + "}\n"
	}
	for name, mistake := range (mistakes{
		"empty":         {"", "no configuration in it: begin with apiVersion: adapter.userscale.dev/v1alpha1 and kind: AdapterConfiguration"},
		"no YAML":       {"metrics: [", "not one document of YAML or JSON: yaml: line 1: "},
		"other object":  {hpa, `kind "HorizontalPodAutoscaler" in it: allowed: kind "AdapterConfiguration"`},
		"unknown field": {metric(", maxage: 5s"), "metrics[0].maxage: Forbidden: there is no such field; allowed here are dcgm, maxAge, "},
		"no source":     {begin + "metrics: [{name: users}]\n", "metrics[0]: Required value: a metric needs a source: one of pods, prometheus and dcgm"},
		"half-life":     {metric(", smoothing: {riseHalfLife: soon}"), `metrics[0].smoothing.riseHalfLife: Invalid value: "soon": must be a duration with its unit`},
		"alpha":         {metric(", smoothing: {alpha: 2}"), "metrics[0].smoothing.alpha: Invalid value: 2: must be a number greater than 0 and at most 1"},
		"both":          {metric(", smoothing: {alpha: 0.5, fallHalfLife: 1m}"), "metrics[0].smoothing.alpha: Forbidden: give either alpha or half-lives, not both"},
		"name twice":    {metric("") + "- {name: active_users_per_pod, pods: {field: v}}\n", `metrics[1].name: Invalid value: "active_users_per_pod": must differ from all other names`},
		"other names":   {begin + "metrics: [{name: users, pods: {field: u}}]\n", `spec.metrics[0].pods.metric.name: Unsupported value: "active_users_per_pod": supported values: "users", "users_raw"`},
	}) {
		path := file(t, "adapter.yaml", mistake.text)
		refused(t, name, []string{"--trace", step(t), "--hpa", shippedHPA, "--config", path}, "configuration from "+path+": ", mistake.want)
	}
}

func TestBadCommandLines(t *testing.T) {
	load, config := step(t), file(t, "none.yaml", "")
	good := "--trace " + load + " --hpa " + shippedHPA
	for line, want := range map[string]string{
		"":                                     "--trace is missing\n--hpa is missing\n",
		"walk":                                 `"walk": allowed: run, compare, search, `,
		"--walk":                               "flag provided but not defined: --walk\n",
		"--trace none.csv --hpa " + shippedHPA: "none.csv",
		good + " extra":                        `"extra": allowed: flags only`,
		good + " --pod-start soon":             `--pod-start "soon": allowed: from 0s to 1h`,
		good + " --rolling-update 1h":          "--rolling-update 1h: allowed: before the end of what is replayed, 10m",
		good + " --json " + load:               "allowed: another file than that of --trace",
		"compare --trace " + load:              "--policy is missing",
		"compare --trace " + load + " --policy " + shippedHPA:                  "allowed: NAME=HPA.yaml or NAME=HPA.yaml,CONFIG.yaml, each name once",
		"compare --trace " + load + " --policy a=none.yaml --policy b=no.yaml": "policy a: HPA: open none.yaml: no such file or directory\npolicy b: HPA: open no.yaml",
		"compare --trace " + load + " --policy a=" + shippedHPA + "," + config: "policy a: configuration from " + config,
		"search " + good:                                              "nothing to search: allowed: at least one of alpha, rise, fall, target and window",
		"search " + good + " --rise 0s,x":                             `--rise "0s,x": allowed: durations in whole seconds from 0s to 1h, each once, as 10s,1m`,
		"search " + good + " --alpha 0.1,0.2 --rise 0s":               "alpha: allowed: without half-lives",
		"search " + good + " --target 1,2,3 --seeds 4 --most-runs 11": "3 settings with 4 seeds are 12 runs: allowed: --most-runs 11",
		"record": "--out is missing",
		"record --out " + load + " --prometheus http://p --query x":                    "--out: allowed: a file that is not there yet and can be written",
		"record --out new.csv --selector a=b,,":                                        `--selector "a=b,,": allowed: a label selector`,
		"record --out new.csv --selector a=b --kubeconfig none":                        "kubeconfig: stat none: no such file or directory",
		"record --out new.csv --prometheus http://p --query x --http-config none.yaml": "--http-config none.yaml: open none.yaml: no such file or directory",
	} {
		refused(t, line, strings.Fields(line), want)
	}
}
