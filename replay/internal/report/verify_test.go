package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"userscale.dev/userscale/replay/internal/timeline"
	"userscale.dev/userscale/replay/internal/verify"
)

func TestVerification(t *testing.T) {
	up, down := &verify.Rescale{T: 30.5, From: 2, To: 4, Reason: "pods metric users above target"}, &verify.Rescale{T: 300, From: 4, To: 3, Reason: "All metrics below target"}
	later := *up
	later.T = 31
	v := Verification{Recording: "run.jsonl", Result: &verify.Result{
		Apart: 15 * time.Second, Passes: 20,
		Rescales: []verify.Pair{{Recorded: up, Replayed: &later}, {Recorded: down}, {Replayed: down}},
		Readings: []verify.Reading{
			{Metric: timeline.Metric{Name: "users", Target: 10}, Both: 20, Largest: timeline.Known(-0.25), At: 45},
			{Metric: timeline.Metric{Name: "cpu", Unit: "%", Target: 60}, OneSided: 20},
		},
	}}
	var out bytes.Buffer
	path := filepath.Join(t.TempDir(), "verified.json")
	if err := v.Write(&out, path); err != nil {
		t.Fatal(err)
	}
	has(t, "text", out.String(), "run.jsonl: 20 passes", "30.5s     2 → 4  31s       2 → 4  +0.500 s  ok         pods metric users above target",
		"5m0s      4 → 3  –                          DIFFERENT  All metrics below target", "\n–                5m0s      4 → 3            DIFFERENT",
		"users     10      20      -0.250              45s  0", "cpu       60%     0       –                        20", "Different: of 2 rescales recorded and 2 replayed 1 are the same.")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	has(t, "JSON", string(text), `{"ok":false,"checks":[{"name":"rescales","want":"2","got":"2","unit":"","ok":true}`,
		`"want":"2 → 4 at 30.500 s","got":"2 → 4 at 31.000 s","unit":"","ok":true}`, `"want":"4 → 3 at 300.000 s","got":"none","unit":"","ok":false}`,
		`"want":"none","got":"4 → 3 at 300.000 s","unit":"","ok":false}`, `"largestDifference":null`)
	if !json.Valid(text) {
		t.Errorf("not JSON: %s", text)
	}

	v.Result.Rescales = v.Result.Rescales[:1]
	out.Reset()
	if err := v.Write(&out, ""); err != nil {
		t.Fatal(err)
	}
	has(t, "text", out.String(), "The same rescales, 1 recorded and 1 replayed: each of the same size, at most 15s apart.")
	if strings.Contains(out.String(), "DIFFERENT") {
		t.Error(out.String())
	}
	missing := filepath.Join(t.TempDir(), "no", "such.json")
	if err := v.Write(&out, missing); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("got %v", err)
	}
}
