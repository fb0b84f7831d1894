package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"userscale.dev/userscale/replay/internal/options"
)

const (
	shippedHPA    = "../manifests/base/workload/hpa.yaml"
	shippedConfig = "../manifests/base/adapter/adapter.yaml"
)

// invoke runs the program.
func invoke(ctx context.Context, t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(ctx, t, args, &out, &errs)
	return code, out.String(), errs.String()
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// 20 users for 5 min, then 60: from 2 pods to 6, for as long as they are there.
func step(t *testing.T) string {
	t.Helper()
	return file(t, "step.csv", "t_seconds,value\n0,20\n300,60\n")
}

func TestRun(t *testing.T) {
	load, folder := step(t), t.TempDir()
	var first []string
	for range 3 {
		json, csv := filepath.Join(folder, "run.json"), filepath.Join(folder, "run.csv")
		code, stdout, stderr := invoke(t.Context(), t, "--trace", load, "--hpa", shippedHPA, "--config", shippedConfig, "--noise", "poisson", "--seed", "5",
			"--scrape-loss", "1%", "--json", json, "--csv", csv)
		if code != exitOK || stderr != "" || !strings.Contains(stdout, "pods metric active_users_per_pod above target") {
			t.Fatalf("exit code %d, stderr %q, stdout:\n%s", code, stderr, stdout)
		}
		got := []string{stdout, read(t, json), read(t, csv)}
		if first == nil {
			first = got
		}
		for i := range got {
			if got[i] != first[i] {
				t.Errorf("output %d is another one each time", i)
			}
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil || len(text) == 0 {
		t.Fatalf("%s: %d bytes, %v", path, len(text), err)
	}
	return string(text)
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"-h"}, {"run", "--help"}} {
		if code, stdout, stderr := invoke(t.Context(), t, args...); code != exitOK || stdout != options.Usage || stderr != "" {
			t.Errorf("%q: exit code %d, %d bytes, stderr %q", args, code, len(stdout), stderr)
		}
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if code, stdout, stderr := invoke(ctx, t, "--trace", step(t), "--hpa", shippedHPA); code != exitFailed || stdout != "" || !strings.Contains(stderr, "interrupted") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}
