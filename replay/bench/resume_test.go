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
	if before, err := o.before(); err != nil || before != nil {
		t.Errorf("nothing was written: got %v, %v", before, err)
	}
	l := load{name: "a", users: make([]float64, 600)}
	ran := newCell(l, time.Minute)
	for _, name := range names {
		scores := []score.Scores{{Unserved: 1.0 / 3}, {ToCapacity: timeline.Known(30)}}
		ran.Rows = append(ran.Rows, compare.Row{Name: name, Scores: scores, Control: &compare.Control{Scores: scores}})
	}
	writeDocument(t, o.document)
	if err := o.write([]cell{ran}); err != nil {
		t.Fatal(err)
	}
	before, err := o.before()
	if err != nil {
		t.Fatal(err)
	}
	got, ok := o.done(before, newCell(l, time.Minute))
	if diff := cmp.Diff(ran, got, cmp.AllowUnexported(timeline.Value{})); !ok || diff != "" {
		t.Errorf("%v (-ran +read):\n%s", ok, diff)
	}
	longer, more := load{name: "a", users: make([]float64, 601)}, o
	more.seeds = 3
	_, start := o.done(before, newCell(l, time.Second))
	_, length := o.done(before, newCell(longer, time.Minute))
	_, seeds := more.done(before, newCell(l, time.Minute))
	if start || length || seeds {
		t.Errorf("another pod start was kept: %v, another length: %v, other seeds: %v", start, length, seeds)
	}
	o.goOn = false
	if before, err := o.before(); err != nil || before != nil {
		t.Errorf("not asked for: got %v, %v", before, err)
	}
}
