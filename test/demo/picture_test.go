package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"userscale.dev/userscale/picture"
	"userscale.dev/userscale/test/load"
	"userscale.dev/userscale/test/observe"
	"userscale.dev/userscale/test/summary"
)

// shortRecording is shortRun with a load, a decision and a failed expectation.
func shortRecording() *recording {
	began := time.Unix(1000, 0)
	observations, marks := shortRun(began)
	observations[1].Reason = "ScaleUpLimit"
	seconds := []load.Second{{InFlight: 12}, {InFlight: 11, Errors: map[string]int64{"timeout": 1}}}
	return &recording{
		began: began, settings: settings{min: 2, max: 10, usersTarget: 10, stepUp: 2, stepDown: 1},
		observations: observations, marks: marks,
		rescales: []observe.Rescale{{
			Time: began.Add(time.Second), From: 2, To: 4, Reason: "pods metric active_users_per_pod above target",
			Metrics: map[string]observe.Metric{observe.Users: {Average: 15, Target: 10}, observe.CPU: {Average: 30, Target: 60}},
		}},
		loads: []playedLoad{
			{loadSpec{"steady", "stream", nil}, load.Report{Series: load.Series{Start: began.Add(100 * time.Millisecond), Seconds: seconds}}},
			{loadSpec{"more", "stream", nil}, load.Report{Series: load.Series{Start: began.Add(900 * time.Millisecond), Seconds: seconds}}},
		},
		checks: []summary.Check{{Name: "steady: ready", Want: "2", Got: "3", Unit: "pods"}},
	}
}

func series(t *testing.T, p *picture.Picture, panel, name string) picture.Values {
	t.Helper()
	for _, candidate := range p.Panels {
		for _, s := range candidate.Series {
			if candidate.Title == panel && s.Name == name {
				return s.Values
			}
		}
	}
	t.Fatalf("no curve %s in panel %s", name, panel)
	return nil
}

// Values that were not served leave gaps; the load's seconds come to lie where they were.
func TestPictureCurves(t *testing.T) {
	p := shortRecording().picture()
	none := picture.Absent()
	for _, c := range []struct {
		panel, name string
		want        picture.Values
	}{
		{"load", "stream", picture.Values{0, 12, 23}},
		{"load", "gpu", picture.Values{0, 0, 0}},
		{"load", "failed per second", picture.Values{0, 0, 1}},
		{"users", "raw", picture.Values{10, 10, 10}},
		{"users", "target × ready pods", picture.Values{0, 10, 20}},
		{"GPU", "raw", picture.Values{none, none, 0}},
		{"CPU", "as the HPA read it", picture.Values{none, none, none}},
		{"signals", "users", picture.Values{50, 50, 50}},
		{"signals", "GPU", picture.Values{none, none, none}},
		{"replicas", "ready", picture.Values{0, 1, 2}},
	} {
		if diff := cmp.Diff(c.want, series(t, p, c.panel, c.name), cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", c.panel, c.name, diff)
		}
	}
}

// The replicas' panel has the bounds, the step limits and each decision with its reason.
func TestPictureDecisions(t *testing.T) {
	p := shortRecording().picture()
	replicas := p.Panels[len(p.Panels)-1]
	want := picture.Panel{
		Limits: []picture.Limit{{Name: "min", Value: 2}, {Name: "max", Value: 10}},
		Ranges: []picture.Range{{Name: "within one step", Low: picture.Values{2, 2, 2}, High: picture.Values{4, 4, 4}}},
		Events: []picture.Moment{{At: 1, Name: "2→4", Text: "pods metric active_users_per_pod above target\nusers 150 %, CPU 50 % of target"}},
		Notes: []picture.Moment{
			{At: 0, Name: "the HPA's conditions", Text: "nothing holds it back"}, {At: 1, Name: "the HPA's conditions", Text: "ScaleUpLimit"},
			{At: 2, Name: "the HPA's conditions", Text: "nothing holds it back"},
		},
	}
	if diff := cmp.Diff(want, replicas, cmpopts.IgnoreFields(picture.Panel{}, "Title", "Unit", "Times", "Series")); diff != "" {
		t.Errorf("replicas (-want +got):\n%s", diff)
	}
	if !slices.ContainsFunc(p.Remarks, func(s string) bool { return strings.Contains(s, "steady: ready: want 2, got 3 pods") }) {
		t.Errorf("the remarks %q do not tell what failed", p.Remarks)
	}
	if want := (picture.Moment{At: 2, Name: "gpu", Text: "more pods"}); p.Phases[1] != want {
		t.Errorf("phase %+v, want %+v", p.Phases[1], want)
	}
}

// Both forms are written, of a run in which little was seen too.
func TestWritePicture(t *testing.T) {
	for name, r := range map[string]*recording{"short": shortRecording(), "nothing seen": {began: time.Unix(1000, 0)}} {
		dir := t.TempDir()
		if err := r.writePicture(dir); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		data, err := os.ReadFile(filepath.Join(dir, "timeline.json"))
		if err != nil {
			t.Fatal(err)
		}
		var got picture.Picture
		if err := json.Unmarshal(data, &got); err != nil || len(got.Panels) != 6 {
			t.Errorf("%s: %d panels, %v", name, len(got.Panels), err)
		}
		if page, err := os.ReadFile(filepath.Join(dir, "timeline.html")); err != nil || !strings.Contains(string(page), "</html>") {
			t.Errorf("%s: the page is not whole: %v", name, err)
		}
	}
}
