package main

import (
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
			if code != exitOK || stderr != "" || !strings.Contains(stdout, "The same: ") {
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
