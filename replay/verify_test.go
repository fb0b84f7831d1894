package main

import (
	"context"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const modelRun = "testdata/model.jsonl"

// TestVerify replays each recording that there is. The model's own is of the replay's model; the others are of real clusters.
func TestVerify(t *testing.T) {
	recordings, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(recordings) == 0 {
		t.Fatalf("%d recordings, %v", len(recordings), err)
	}
	for _, path := range recordings {
		var first []string
		for range 3 {
			file := filepath.Join(t.TempDir(), "verified.json")
			code, stdout, stderr := invoke(t.Context(), t, "verify", "--recording", path, "--json", file)
			if code != exitOK || stderr != "" || !strings.Contains(stdout, "The same rescales, ") {
				t.Fatalf("%s: exit code %d, stderr %q, stdout:\n%s", path, code, stderr, stdout)
			}
			got := []string{stdout, read(t, file)}
			if first == nil {
				first = got
			}
			if got[0] != first[0] || got[1] != first[1] {
				t.Errorf("%s: another output each time", path)
			}
		}
		if s := summaryOf(t, first[1]); !s.OK || len(s.Checks) < 2 || len(s.Readings) == 0 {
			t.Errorf("%s: %+v: want a check for each of some rescales, and readings", path, s)
		}
	}
}

type summary struct {
	OK     bool
	Checks []struct {
		Name, Want, Got string
		OK              bool
	}
	Readings []struct {
		Metric            string
		LargestDifference float64
	}
}

func summaryOf(t *testing.T, text string) (s summary) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestVerifyNotices has recordings of what did not happen so.
func TestVerifyNotices(t *testing.T) {
	text := read(t, modelRun)
	for name, test := range map[string]struct{ pattern, by string }{
		"smoothing":       {`"riseHalfLife":"10s"`, `"riseHalfLife":"2m"`},
		"target":          {`"averageValue":"10"`, `"averageValue":"12"`},
		"tolerance":       {`"tolerance":"300m"`, `"tolerance":"0"`},
		"samples":         {`"value":24,`, `"value":21,`},
		"usage":           {`("workload-00001","at":"[^"]*","window":15,"containers":\{"workload":)[0-9.]*`, `${1}2.5`},
		"requests":        {`"cpu":"200m"`, `"cpu":"100m"`},
		"size of rescale": {`"rescale":\{"from":2,"to":4`, `"rescale":{"from":2,"to":3`},
		"one rescale":     {`\{"t":[0-9.]*,"rescale":\{"from":5,"to":4[^\n]*\n`, ``},
	} {
		changed := regexp.MustCompile(test.pattern).ReplaceAllString(text, test.by)
		if changed == text {
			t.Errorf("%s: nothing is changed", name)
		}
		path := file(t, "run.jsonl", changed)
		out := filepath.Join(t.TempDir(), "verified.json")
		code, stdout, stderr := invoke(t.Context(), t, "verify", "--recording", path, "--json", out)
		if code != exitFailed || stderr != "" || !strings.Contains(stdout, "DIFFERENT") || !strings.Contains(stdout, "\nDifferent: of ") {
			t.Errorf("%s: exit code %d, stderr %q, stdout:\n%s", name, code, stderr, stdout)
			continue
		}
		if s := summaryOf(t, read(t, out)); s.OK {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// TestVerifyRefuses has recordings that cannot be replayed: the exit code is not that of a difference.
func TestVerifyRefuses(t *testing.T) {
	text := read(t, modelRun)
	for name, test := range map[string]struct{ pattern, by, want string }{
		"no JSON":           {`(?s).*`, "t_seconds,value\n", "line 1: not JSON"},
		"bad HPA":           {`"maxReplicas":10`, `"maxReplicas":1`, "hpa: spec.maxReplicas: Invalid value: 1"},
		"unknown metric":    {`("metric":\{"name":"active)_users`, `${1}_sheep`, `hpa: spec.metrics[0].pods.metric.name: Unsupported value: "active_sheep_per_pod"`},
		"no passes":         {`[^\n]*"pass":[^\n]*\n`, ``, "no pass in it: when the controller looked is not known"},
		"no values":         {`\{"t":0,"collection":[^\n]*\n`, ``, "no collection of active_users_per_pod at 0"},
		"no totals":         {`"totals":\[[^]]*\]`, `"totals":null`, "totals: none of active_users_per_pod: allowed: that of each smoothed metric that the HPA names"},
		"impossible totals": {`"phase":"Running"`, `"phase":"Pending"`, "totals: active_users_per_pod: smoothed 20: "},
	} {
		path := file(t, "run.jsonl", regexp.MustCompile(test.pattern).ReplaceAllString(text, test.by))
		code, stdout, stderr := invoke(t.Context(), t, "verify", "--recording", path)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, path) || !strings.Contains(stderr, test.want) {
			t.Errorf("%s: exit code %d, stdout %q, stderr %.500s: want %s", name, code, stdout, stderr, test.want)
		}
	}
}

func TestVerifyInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if code, stdout, stderr := invoke(ctx, t, "verify", "--recording", modelRun); code != exitFailed || stdout != "" || !strings.Contains(stderr, "interrupted") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}
