package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"userscale.dev/userscale/picture"
)

func curveOf(t *testing.T, p *picture.Picture, panel, name string) picture.Values {
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

// A second is drawn at its end; where nothing ended there is no latency; the last half second counts twice for rates.
func TestPictureCurves(t *testing.T) {
	p := threeSeconds().Picture()
	none := picture.Absent()
	for _, c := range []struct {
		panel, name string
		want        picture.Values
	}{
		{"rate", "planned", picture.Values{10, 10, 10}},
		{"rate", "offered", picture.Values{10, 10, 10}},
		{"rate", "done", picture.Values{9, 0, 32}},
		{"rate", "errors", picture.Values{0, 0, 22}},
		{"latency, from when requests were due", "p50", picture.Values{0.1, none, 1e-6}},
		{"latency, from when requests were due", "p99", picture.Values{0.3, none, 0.6}},
		{"in flight", "in flight", picture.Values{1, 11, 0}},
		{"errors", "timeout", picture.Values{0, 0, 18}},
		{"the load generator's own CPU", "CPU", picture.Values{3, 1, 4}},
	} {
		if diff := cmp.Diff(c.want, curveOf(t, p, c.panel, c.name), cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", c.panel, c.name, diff)
		}
	}
	if want := []float64{1, 2, 3}; !cmp.Equal(p.Panels[0].Times, want) {
		t.Errorf("times %v, want %v", p.Panels[0].Times, want)
	}
}

// A last second too short to tell a rate from leaves a gap.
func TestPictureOfALastInstant(t *testing.T) {
	r := threeSeconds()
	r.ElapsedSeconds = 2.01
	done := curveOf(t, r.Picture(), "rate", "done")
	if !picture.IsAbsent(done[2]) || done[0] != 9 {
		t.Errorf("done %v, want none in the last hundredth of a second", done)
	}
}

func TestPicturePhases(t *testing.T) {
	r := threeSeconds()
	r.Series.WarmUpSeconds, r.DurationSeconds, r.ElapsedSeconds = 1, 2, 4
	want := []picture.Moment{
		{Name: "warm-up", Text: "not in the latencies of the summary"}, {At: 1, Name: "load"},
		{At: 2, Name: "last answers", Text: "no request is due any more"},
	}
	if diff := cmp.Diff(want, r.Picture().Phases); diff != "" {
		t.Errorf("phases (-want +got):\n%s", diff)
	}
}

// Every result has a picture, one without a single second too.
func TestPicturesAreSound(t *testing.T) {
	for name, p := range map[string]*picture.Picture{
		"open": threeSeconds().Picture(), "interrupted": mixed().Result().Picture(), "nobody answered": refused().Result().Picture(),
		"compared": (&Comparison{A: threeSeconds(), B: refused().Result(), NameA: "a", NameB: "b"}).Picture(),
	} {
		var out bytes.Buffer
		if err := p.WriteHTML(&out); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if remarks := mixed().Result().Picture().Remarks; len(remarks) != 1 || !strings.Contains(remarks[0], "interrupted after 1m2s") {
		t.Errorf("remarks %q, want the interruption", remarks)
	}
}

func TestWriteCSV(t *testing.T) {
	var out bytes.Buffer
	if err := threeSeconds().WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	want := `t_seconds,planned,offered,started,ended,successes,cut_off,in_flight,p50_seconds,p95_seconds,p99_seconds,cpu_seconds,errors,errors_status_503,errors_timeout
0,10,10,10,9,9,0,1,0.1,0.2,0.3,0.03,0,0,0
1,10,10,10,0,0,0,11,,,,0.01,0,0,0
2,5,5,5,16,5,0,0,0,0.5,0.6,0.02,11,2,9
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("CSV (-want +got):\n%s", diff)
	}
}
