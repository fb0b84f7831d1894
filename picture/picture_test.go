package picture

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// small is a picture with one of everything.
func small() *Picture {
	return &Picture{
		Title: "a run", Remarks: []string{"it was short"}, Facts: []Fact{{"what", "a test"}},
		Start:  time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Phases: []Moment{{0, "warm-up", "not counted"}, {1.5, "load", ""}},
		Panels: []Panel{{
			Title: "latency", Unit: Seconds, Times: []float64{0, 1, 2.5},
			Series: []Series{{Name: "p50", Color: Blue, Values: Values{0.002, Absent(), 0}}},
			Ranges: []Range{{"expected", Values{0, Absent(), 1}, Values{1, Absent(), 1}}},
			Bands:  []Band{{"good", 0, 0.1}}, Limits: []Limit{{"promised", 0.2}},
			Events: []Moment{{1, "stop", "because"}}, Notes: []Moment{{0, "state", "fine"}},
		}},
		Tables: []Table{{"counts", []string{"what", "n"}, [][]string{{"requests", "12"}}}},
	}
}

// An absent value is null, not 0, and comes back absent; 0 stays 0.
func TestJSONThereAndBack(t *testing.T) {
	want := small()
	var text bytes.Buffer
	if err := want.WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), `"values":[0.002,null,0]`) {
		t.Errorf("an absent value is not null in %s", text.String())
	}
	var got Picture
	if err := json.Unmarshal(text.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, &got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("picture (-want +got):\n%s", diff)
	}
}

func TestValuesThatAreNone(t *testing.T) {
	for _, text := range []string{`{}`, `"1"`, `[1,"2"]`, `[[1]]`, `[1e999]`} {
		var v Values
		if err := json.Unmarshal([]byte(text), &v); err == nil {
			t.Errorf("%s: read as %v", text, v)
		}
	}
	if text, err := json.Marshal(Values{math.Inf(1)}); err == nil {
		t.Errorf("infinity became %s", text)
	}
}

func TestValidate(t *testing.T) {
	if err := small().Validate(); err != nil {
		t.Errorf("a sound picture: %v", err)
	}
	panel := func(change func(*Panel)) func(*Picture) { return func(p *Picture) { change(&p.Panels[0]) } }
	for want, breakIt := range map[string]func(*Picture){
		"title":                               func(p *Picture) { p.Title = "" },
		"panels":                              func(p *Picture) { p.Panels = nil },
		`phases: "b" is at 1`:                 func(p *Picture) { p.Phases = []Moment{{2, "a", ""}, {1, "b", ""}} },
		`table "counts": row 0`:               func(p *Picture) { p.Tables[0].Rows[0] = []string{"requests"} },
		`panel "latency": times: 1 at 2`:      panel(func(p *Panel) { p.Times[2] = 1 }),
		"times: NaN":                          panel(func(p *Panel) { p.Times[0] = math.NaN() }),
		`series "p50": 3 values at 4 times`:   panel(func(p *Panel) { p.Times = []float64{0, 1, 2, 3} }),
		`series "p50": color "pink"`:          panel(func(p *Panel) { p.Series[0].Color = "pink" }),
		`series "p50": value 0 is +Inf`:       panel(func(p *Panel) { p.Series[0].Values[0] = math.Inf(1) }),
		`series "p50": value 2 is 0`:          panel(func(p *Panel) { p.Log = true }),
		`range "expected": from 2 to 1`:       panel(func(p *Panel) { p.Ranges[0].Low[2] = 2 }),
		`range "expected": from NaN to 1`:     panel(func(p *Panel) { p.Ranges[0].Low[2] = Absent() }),
		`range "expected": high: 0 values`:    panel(func(p *Panel) { p.Ranges[0].High = nil }),
		`band "good": from 0.2 to 0.1`:        panel(func(p *Panel) { p.Bands[0].Low = 0.2 }),
		`limit "promised": NaN`:               panel(func(p *Panel) { p.Limits[0].Value = math.NaN() }),
		`events: "stop" is at -Inf`:           panel(func(p *Panel) { p.Events[0].At = math.Inf(-1) }),
		`panel "latency": notes: "x" is at 0`: panel(func(p *Panel) { p.Notes = []Moment{{1, "y", ""}, {0, "x", ""}} }),
	} {
		p := small()
		breakIt(p)
		var out bytes.Buffer
		for kind, err := range map[string]error{"validate": p.Validate(), "JSON": p.WriteJSON(&out), "HTML": p.WriteHTML(&out)} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got error %v, want one that says %q", kind, err, want)
			}
		}
		if out.Len() > 0 {
			t.Errorf("%q: %d bytes were written nevertheless", want, out.Len())
		}
	}
}
