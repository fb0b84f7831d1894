package main

import (
	"context"
	"encoding/json"
	"math"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// realRun is of the end-to-end test of users, on a real cluster.
const realRun = "testdata/users.jsonl"

// TestVerify replays recordings of live HPAs of real clusters. Each must decide the same, from readings that are the same within 1 % of the
// target: what is left is when exactly, between two collections, a pass read what it read.
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
		} else {
			for _, r := range s.Readings {
				if r.Passes < 10 || r.OneSidedPasses > 0 || math.Abs(r.LargestDifference) > r.Target/100 {
					t.Errorf("%s: %+v", path, r)
				}
			}
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
		Metric                    string
		Target, LargestDifference float64
		Passes, OneSidedPasses    int
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
	text := read(t, realRun)
	for name, test := range map[string]struct{ pattern, by string }{
		"smoothing":       {`"riseHalfLife":"10s"`, `"riseHalfLife":"2m"`},
		"target":          {`"averageValue":"10"`, `"averageValue":"12"`},
		"tolerance":       {`"tolerance":"300m"`, `"tolerance":"0"`},
		"samples":         {`"value":1([0-9])`, `"value":$1`},
		"usage":           {`(\{"t":3.*"usage".*"workload":)[0-9.]+`, `${1}2.5`},
		"requests":        {`"cpu":"100m"`, `"cpu":"1m"`},
		"size of rescale": {`"rescale":\{"from":2,"to":3`, `"rescale":{"from":2,"to":4`},
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
	text := read(t, realRun)
	for name, test := range map[string]struct{ pattern, by, want string }{
		"no JSON":           {`(?s).*`, "t_seconds,value\n", "line 1: not JSON"},
		"bad HPA":           {`"maxReplicas":10`, `"maxReplicas":1`, "hpa: spec.maxReplicas: Invalid value: 1"},
		"unknown metric":    {`("metric":\{"name":"active)_users`, `${1}_sheep`, `hpa: spec.metrics[0].pods.metric.name: Unsupported value: "active_sheep_per_pod"`},
		"no passes":         {`[^\n]*"pass":[^\n]*\n`, ``, "no pass in it: when the controller looked is not known"},
		"no values":         {`\{"t":0,"collection":[^\n]*\n`, ``, "no collection of active_users_per_pod at 0"},
		"no totals":         {`"totals":\[[^]]*\]`, `"totals":null`, "totals: none of active_users_per_pod: allowed: that of each smoothed metric that the HPA names"},
		"impossible totals": {`"smoothed":0`, `"smoothed":5e9`, "totals: active_users_per_pod: smoothed 5e+09: allowed: "},
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
	if code, stdout, stderr := invoke(ctx, t, "verify", "--recording", realRun); code != exitFailed || stdout != "" || !strings.Contains(stderr, "interrupted") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}
