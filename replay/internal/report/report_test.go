package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"userscale.dev/userscale/replay/internal/compare"
	"userscale.dev/userscale/replay/internal/score"
	"userscale.dev/userscale/replay/internal/search"
	"userscale.dev/userscale/replay/internal/timeline"
)

// example is a short run with all that a report can show: a decision with a metric that had no value, an event, absent use.
func example(policy string) *timeline.Timeline {
	three := int32(3)
	t := &timeline.Timeline{
		Trace: "day.csv", Policy: policy, Seed: 4, PodCapacity: 12, PodStart: 60,
		Decisions: []timeline.Decision{{T: 2.5, From: 2, To: 3, Reason: "pods metric active_users_per_pod above target", Limit: "ScaleUpLimit", Metrics: []timeline.Proposal{
			{Metric: "active_users_per_pod", Value: timeline.Known(12.5), Target: timeline.Known(10), Replicas: &three},
			{Metric: "cpu", Target: timeline.Known(60)},
		}}},
		Events: []timeline.Event{{T: 1, Source: "hpa", Reason: "FailedGetResourceMetric", Text: "<no> metrics"}},
	}
	for s := range 5 {
		p := timeline.Point{T: int32(s), Users: 25, Served: 24, Desired: 2, Ready: 2, Running: 2}
		if s > 0 {
			p.Raw, p.Smoothed = timeline.Known(25), timeline.Known(0)
		}
		t.Points = append(t.Points, p)
	}
	return t
}

func written(t *testing.T, r Report) (text, page string, rows [][]string, value map[string]any) {
	t.Helper()
	folder := t.TempDir()
	files := Files{JSON: filepath.Join(folder, "r.json"), CSV: filepath.Join(folder, "r.csv"), HTML: filepath.Join(folder, "r.html")}
	var out bytes.Buffer
	if err := Write(r, &out, files); err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	rows, err := csv.NewReader(strings.NewReader(read(files.CSV))).ReadAll() // all rows must be as long as the header
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(read(files.JSON)), &value); err != nil {
		t.Fatal(err)
	}
	return out.String(), read(files.HTML), rows, value
}

func has(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s lacks %q:\n%.2000s", what, part, text)
		}
	}
}

func TestRun(t *testing.T) {
	text, page, rows, value := written(t, OfRun(example("shipped")))
	has(t, "text", text, "shipped on day.csv, seed 4", "2.5s  2 → 3  pods metric active_users_per_pod above target  ScaleUpLimit", "unserved load", "4.00", "time to capacity", "–")
	has(t, "page", page, "2\u00a0→\u00a03", "pods metric active_users_per_pod above target; active_users_per_pod: 12.50, target 10.00, proposes 3; cpu: –, target 60.00; ScaleUpLimit",
		"hpa: FailedGetResourceMetric")
	if strings.Contains(page, "GPU") || strings.Contains(page, "UTC</dd>") {
		t.Error("a GPU that nobody has, or a time that no clock showed")
	}
	if strings.Contains(page, "<no>") {
		t.Error("words became markup")
	}
	if len(rows) != 6 || strings.Join(rows[1], "|") != "0|25|24|2|2|2|0||||" || strings.Join(rows[2], "|") != "1|25|24|2|2|2|0|25|0||" {
		t.Errorf("absent is empty, zero is 0: got %q", rows)
	}
	if scores := value["scores"].(map[string]any); scores["unserved_percent"] != 4.0 || scores["time_to_capacity_s"] != nil {
		t.Errorf("got %v", scores)
	}
}

func TestComparison(t *testing.T) {
	one, two := example("shipped"), example("raw")
	a, b := score.Of(one), score.Of(two)
	b.Unserved, b.PodStarts = 5, 2
	a.PodStarts = 1
	r := Comparison{First: []*timeline.Timeline{one, two}, Rows: []compare.Row{
		{Name: "shipped", Scores: []score.Scores{a, a, a}, Control: &compare.Control{Factor: 1.25, Target: 12.5, Scores: []score.Scores{b, b, b}}},
		{Name: "raw", Scores: []score.Scores{b, b, b}},
	}}
	text, page, rows, value := written(t, r)
	has(t, "text", text, "Means over the seeds", "shipped", "12.5", "-1.00 [-1.00, -1.00]", "0.50 [0.50, 0.50]")
	has(t, "page", page, "shipped: pods", "raw: pods", "Against the raw signal at equal cost")
	if len(rows) != 1+3*3 || rows[4][0] != "shipped" || rows[4][1] != "true" || rows[4][3] != "5" {
		t.Errorf("got %q", rows)
	}
	if policies := value["policies"].([]any); len(policies) != 2 {
		t.Errorf("got %v", policies)
	}
}

func TestSearch(t *testing.T) {
	run := example("fall 60s")
	good, bad := score.Of(run), score.Of(run)
	bad.Unserved = 50
	r := Search{Shown: []*timeline.Timeline{run}, Candidates: []search.Candidate{
		{Name: "fall 10s", Scores: []score.Scores{bad}}, {Name: "fall 60s", Scores: []score.Scores{good}, Front: true},
	}}
	text, page, rows, _ := written(t, r)
	has(t, "text", text, "fall 60s", "1 of 2 settings are on the front of unserved load, pod-hours, pod starts")
	has(t, "page", page, "The Pareto front", "All settings", "fall 10s")
	if strings.Contains(text, "fall 10s") || len(rows) != 3 || rows[1][1] != "false" || rows[2][1] != "true" {
		t.Errorf("got %s\n%q", text, rows)
	}
}

func TestWriteNamesTheFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "no", "such.csv")
	var out bytes.Buffer
	if err := Write(OfRun(example("x")), &out, Files{CSV: name}); err == nil || !strings.Contains(err.Error(), name) || out.Len() == 0 {
		t.Errorf("got %v and %d bytes of text", err, out.Len())
	}
}

func TestThinned(t *testing.T) {
	points := make([]timeline.Point, 3*most-1)
	for i := range points {
		points[i].T = int32(i)
	}
	some, remark := thinned(points)
	if len(some) != most || some[1].T != 3 || len(remark) != 1 {
		t.Errorf("got %d points, %v", len(some), remark)
	}
	if all, remark := thinned(points[:most]); len(all) != most || remark != nil {
		t.Errorf("got %d points, %v", len(all), remark)
	}
}
