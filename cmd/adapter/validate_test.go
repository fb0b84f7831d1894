package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/pkg/config"
)

const users = "apiVersion: adapter.userscale.dev/v1alpha1\nkind: AdapterConfiguration\nmetrics:\n- {name: users, pods: {field: users}}\n"

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "adapter.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, text string) *config.AdapterConfiguration {
	t.Helper()
	c, err := config.Read(strings.NewReader(text), func(string) string { return "" })
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return c
}

func TestValidate(t *testing.T) {
	good, bad := write(t, users), write(t, strings.ReplaceAll(users, ": users", ": us/ers"))
	out, err := run(t, "validate", good)
	if want := good + ": valid\n"; err != nil || out != want {
		t.Errorf("%v, %q, want %q", err, out, want)
	}
	out, err = run(t, "validate", good, bad, "/nowhere", t.TempDir())
	if err == nil || err.Error() != "3 of 4 files not valid" {
		t.Errorf("error %v", err)
	}
	for _, want := range []string{good + ": valid\n", bad + `: metrics[0].name: Invalid value: "us/ers"`, bad + ": metrics[0].pods.field: Invalid",
		"/nowhere: no such file or directory\n", ": is a directory\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

// The effective configuration is one itself, and the same.
func TestEffectiveConfiguration(t *testing.T) {
	want, file := read(t, users), write(t, users)
	for _, output := range []string{"yaml", "json"} {
		out, err := run(t, "validate", "--output", output, file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, read(t, out)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", output, diff)
		}
		if json.Valid([]byte(out)) != (output == "json") || !strings.Contains(out, "maxHalfLife") {
			t.Errorf("%s is\n%s", output, out)
		}
	}
	if _, err := run(t, "validate", "--output", "xml", file); err == nil || !strings.Contains(err.Error(), "allowed are text, yaml and json") {
		t.Errorf("xml: %v", err)
	}
	if _, err := run(t, "validate"); err == nil {
		t.Error("no file, no error")
	}
}

func TestDefaultsAreValid(t *testing.T) {
	text, err := run(t, "print-defaults")
	if err != nil {
		t.Fatal(err)
	}
	c := newCommand()
	var out strings.Builder
	c.SetArgs([]string{"validate", "-"})
	c.SetIn(strings.NewReader(text))
	c.SetOut(&out)
	if err := c.Execute(); err != nil || out.String() != "-: valid\n" {
		t.Errorf("%v: %s", err, out.String())
	}
	shipped, err := config.Load("", func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shipped, read(t, text)); diff != "" {
		t.Errorf("shipped against printed (-shipped +printed):\n%s", diff)
	}
}

// What the comments give as defaults is what comes of leaving it out.
func TestCommentedDefaults(t *testing.T) {
	full := read(t, regexp.MustCompile(`(?m)^#(\S|  )`).ReplaceAllStringFunc(string(defaults), func(s string) string { return s[1:] }))
	if len(full.Metrics) != 4 || len(full.PrometheusServers) != 1 {
		t.Fatalf("%d metrics and %d servers", len(full.Metrics), len(full.PrometheusServers))
	}
	short := read(t, users+`
- {name: queue_length, prometheus: {query: "queue_length[2m]"}}
- {name: gpu_utilization_smoothed, dcgm: {prometheus: {matchers: '{job="dcgm-exporter"}'}}}
- {name: gpu_utilization_direct, dcgm: {fields: [{name: DCGM_FI_PROF_GR_ENGINE_ACTIVE, unit: Ratio}], exporters: {}}}
prometheusServers: [{name: main, url: "http://prometheus.monitoring.svc:9090"}]
`)
	if diff := cmp.Diff(short.Metrics[1:], full.Metrics[1:]); diff != "" {
		t.Errorf("left out against written down (-left +written):\n%s", diff)
	}
}
