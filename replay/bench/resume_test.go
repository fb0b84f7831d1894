package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/replay/internal/compare"
	"userscale.dev/userscale/replay/internal/score"
	"userscale.dev/userscale/replay/internal/timeline"
)

// What was written is read back as it was, absent values too, and only a cell of the same load, pod start and seeds is kept.
func TestContinue(t *testing.T) {
	o := settings{out: t.TempDir(), document: filepath.Join(t.TempDir(), "doc.md"), seeds: 2, goOn: true}
	var before summary
	if err := o.earlier("summary.json", &before); err != nil || before.Cells != nil {
		t.Errorf("nothing was written: got %+v, %v", before, err)
	}
	l := load{name: "a", users: make([]float64, 600)}
	ran := newCell(l, time.Minute)
	scores := []score.Scores{{Unserved: 1.0 / 3}, {ToCapacity: timeline.Known(30)}}
	ran.Rows = []compare.Row{{Name: "policy", Scores: scores, Control: &compare.Control{Scores: scores}}}
	writeDocument(t, o.document)
	if err := o.write([]cell{ran}); err != nil {
		t.Fatal(err)
	}
	if err := o.earlier("summary.json", &before); err != nil || len(before.Cells) != 1 {
		t.Fatalf("got %+v, %v", before, err)
	}
	got := &before.Cells[0]
	if diff := cmp.Diff(ran, *got, cmp.AllowUnexported(timeline.Value{})); diff != "" {
		t.Errorf("-ran +read:\n%s", diff)
	}
	longer := newCell(load{name: "a", users: make([]float64, 601)}, time.Minute)
	slower := newCell(l, 2*time.Minute)
	if !got.is(&ran, 1, 2) || got.is(&longer, 1, 2) || got.is(&slower, 1, 2) || got.is(&ran, 2, 2) || got.is(&ran, 1, 3) {
		t.Error("kept: another load, pod start, number of policies or of seeds; or not the same")
	}
	o.goOn = false
	var none summary
	if err := o.earlier("summary.json", &none); err != nil || none.Cells != nil {
		t.Errorf("not asked for: got %+v, %v", none, err)
	}
}
