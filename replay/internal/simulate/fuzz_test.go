package simulate

import (
	"os"
	"strings"
	"testing"

	"userscale.dev/userscale/replay/internal/recording"
)

// FuzzReplay replays whatever can be read, if it is short: the beginning of a recorded run, with some lines of it changed.
func FuzzReplay(f *testing.F) {
	text, err := os.ReadFile("../../testdata/users.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	f.Add(strings.Join(lines[:12], ""))
	f.Add(strings.Join(append(lines[:8:8], lines[60:66]...), ""))
	f.Add(strings.Join(append(lines[:5:5], `{"t":1,"pass":{"status":{}}}`+"\n", `{"t":2,"gone":"workload-6f7c776f77-zvgrc"}`), ""))
	f.Fuzz(func(t *testing.T, text string) {
		r, err := recording.Read(strings.NewReader(text))
		if err != nil || len(r.Events) == 0 || r.Events[len(r.Events)-1].T > 300 {
			return
		}
		out, err := Replay(t.Context(), t, r, Defaults().Controller)
		if err != nil {
			return
		}
		for i, d := range out.Decisions {
			if d.From == d.To || i > 0 && d.T < out.Decisions[i-1].T {
				t.Errorf("%+v", out.Decisions)
			}
		}
	})
}
