package dcgm

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNotesAreBounded(t *testing.T) {
	long := strings.Repeat("ü", 1000)
	for _, uuid := range []string{long, "x" + long, "\xff" + long} {
		got := outcome(newAttributor(defaults()), []Series{
			{Labels: fakeLabels{"__name__": util, "UUID": uuid, "namespace": "ml", "pod": "a"}, Value: 1, Time: t0},
			{Labels: fakeLabels{"__name__": util, "UUID": uuid + "2", "namespace": "ml", "pod": "b"}, Value: -1, Time: t0},
		})
		for pod, text := range got {
			if len(text) > noteLimit+len("out_of_range: ") || !utf8.ValidString(text) || !strings.HasSuffix(text, "…") {
				t.Errorf("%s: %d bytes: %q", pod, len(text), text)
			}
		}
	}
}

// A pod whose verdict does not change keeps its note, and one that changes has a new one.
func TestNotesAreKept(t *testing.T) {
	a := newAttributor(defaults())
	series := []Series{one(util+" UUID=G1 namespace=ml pod=a", 20, 5)}
	first := outcome(a, series)["a"]
	note := a.notes.last["a"]
	if again := outcome(a, series)["a"]; again != first || a.notes.last["a"] != note {
		t.Errorf("%q, then %q", first, again)
	}
	if got := testing.AllocsPerRun(100, func() { a.notes.of("a", note.verdict, a.rules); a.notes.turn() }); got > 0 {
		t.Errorf("%v allocations for a note that does not change, want none", got)
	}
	if outcome(a, append(series, one(util+" UUID=G1 namespace=ml pod=b", 20, 5))); !strings.Contains(a.notes.last["a"].note, "shared") {
		t.Errorf("note is %q, want it to say that the GPU is shared", a.notes.last["a"].note)
	}
	if outcome(a, nil); len(a.notes.last) != 0 {
		t.Errorf("notes of %d pods that are gone", len(a.notes.last))
	}
}
