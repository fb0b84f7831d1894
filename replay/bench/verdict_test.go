package main

import (
	"testing"

	"userscale.dev/userscale/replay/internal/compare"
	"userscale.dev/userscale/replay/internal/score"
)

// row is a candidate whose runs differ from its control's by so much on average, with a spread.
func row(unserved, starts, spread float64) compare.Row {
	r := compare.Row{Name: "candidate", Control: &compare.Control{}}
	for i := range 10 {
		wave := spread * (float64(i) - 4.5)
		r.Scores = append(r.Scores, score.Scores{Unserved: 5 + unserved + wave, PodStarts: 8 + starts + wave})
		r.Control.Scores = append(r.Control.Scores, score.Scores{Unserved: 5, PodStarts: 8})
	}
	return r
}

// A cell is lost or won where an interval is wholly on one side, and neither where it holds 0, however large the difference.
func TestJudge(t *testing.T) {
	cells := []cell{{Load: "a", PodStart: 20}, {Load: "b", PodStart: 20}, {Load: "c", PodStart: 60}, {Load: "d", PodStart: 60}}
	got := judge(cells, []compare.Row{row(0.5, -1, 0.01), row(-2, 3, 0.01), row(0.9, -1, 0.01), row(1, 1, 2)})
	if got.Cells != 4 || got.UnservedLost != 2 || got.UnservedWon != 1 || got.StartsLost != 1 || got.StartsWon != 2 {
		t.Errorf("got %+v", got)
	}
	if got.WorstIn != "c, pods start in 60 s" || got.WorstUnserved < 0.89 || got.WorstUnserved > 0.91 || got.WorstStarts < 2.9 || got.WorstStarts > 3.1 {
		t.Errorf("worst: %+v", got)
	}
	if est := got.UnservedPoints.Estimate; est < 0.09 || est > 0.11 {
		t.Errorf("over all cells: got %v, want the mean of 0.5, −2, 0.9 and 1", est)
	}
	if alike := judge(cells[:1], []compare.Row{row(0, 0, 0)}); alike.lost() != 0 || alike.UnservedWon != 0 {
		t.Errorf("alike: %+v", alike)
	}
}

// Who loses least often is first, and of those who lose alike who serves most.
func TestRanked(t *testing.T) {
	cells := []cell{{Load: "a"}}
	var verdicts []verdict
	for name, r := range map[string]compare.Row{"loses": row(0.5, -1, 0.01), "wins": row(-0.5, -1, 0.01), "wins more": row(-0.9, -1, 0.01), "starts more": row(-3, 1, 0.01)} {
		v := judge(cells, []compare.Row{r})
		v.Settings = name
		verdicts = append(verdicts, v)
	}
	got := ranked(verdicts)
	for i, want := range []string{"wins more", "wins", "starts more", "loses"} {
		if got[i].Settings != want {
			t.Errorf("%d: got %s, want %s", i, got[i].Settings, want)
		}
	}
}

// The shipped settings are among the candidates, under the names that the tables look for, and the first of the changes.
func TestCandidates(t *testing.T) {
	searched, changed, shipped, err := candidates()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, e := range searched {
		for _, name := range shippedSettings {
			if e.Name == name {
				found++
			}
		}
	}
	if found != len(shippedSettings) || len(searched) != 2*3*3*4 || len(changed) != 1+3+3+3 || shipped.Target != 10 {
		t.Errorf("%d candidates with %d shipped ones, %d changes, target %g", len(searched), found, len(changed), shipped.Target)
	}
}
