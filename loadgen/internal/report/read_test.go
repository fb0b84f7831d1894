package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func jsonOf(t *testing.T, r *Result) string {
	t.Helper()
	var out bytes.Buffer
	if err := r.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestReadWhatWasWritten(t *testing.T) {
	for name, want := range map[string]*Result{"open": threeSeconds(), "interrupted": mixed().Result(), "nobody answered": refused().Result()} {
		got, err := Read(strings.NewReader(jsonOf(t, want)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// What is not a result is refused; the error names the field.
func TestReadRefuses(t *testing.T) {
	sound := jsonOf(t, threeSeconds())
	change := func(do func(map[string]any)) string {
		fields := map[string]any{}
		if err := json.Unmarshal([]byte(sound), &fields); err != nil {
			t.Fatal(err)
		}
		do(fields)
		text, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	second := func(fields map[string]any) map[string]any {
		return fields["series"].(map[string]any)["seconds"].([]any)[0].(map[string]any)
	}
	for want, text := range map[string]string{
		"unexpected end":             "",
		"invalid character":          "users,gpu",
		"after top-level value":      sound + sound,
		"the whole: is a JSON array": "[]",
		"connections: is missing":    `{"ok": true, "checks": []}`,
		"the whole: is missing":      "null",
		"requests: is a JSON string": change(func(f map[string]any) { f["requests"] = "25" }),
		"requests: is missing":       change(func(f map[string]any) { delete(f, "requests") }),
		"colour: there is no such":   change(func(f map[string]any) { f["colour"] = "blue" }),
		"latencySeconds.all.p99: is m": change(func(f map[string]any) {
			delete(f["latencySeconds"].(map[string]any)["all"].(map[string]any), "p99")
		}),
		"series.seconds[0].inFlight: is missing":                 change(func(f map[string]any) { delete(second(f), "inFlight") }),
		"series.seconds[0].users: there is no":                   change(func(f map[string]any) { second(f)["users"] = 1 }),
		"series: is missing":                                     change(func(f map[string]any) { f["series"] = nil }),
		"series.seconds: 3 of them: allowed":                     change(func(f map[string]any) { f["elapsedSeconds"] = 0.5 }),
		"requests: 26: allowed: successes + errors + cutOff, 25": change(func(f map[string]any) { f["requests"] = 26 }),
		"errors: 11: allowed: the sum of errorsByKind, 9":        change(func(f map[string]any) { delete(f["errorsByKind"].(map[string]any), "status_503") }),
		"connections: -1: allowed: at least 0":                   change(func(f map[string]any) { f["connections"] = -1 }),
		`loop: "round": allowed: open or closed`:                 change(func(f map[string]any) { f["loop"] = "round" }),
		"elapsedSeconds: -2: allowed":                            change(func(f map[string]any) { f["elapsedSeconds"] = -2 }),
	} {
		if result, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) || result != nil {
			t.Errorf("%.60s: got error %v, want one that says %q", text, err, want)
		}
	}
}

// FuzzRead: whatever is read as a result can be shown in every form, alone and beside another, or an error says why not.
func FuzzRead(f *testing.F) {
	for _, seed := range []*Result{threeSeconds(), mixed().Result(), refused().Result()} {
		var out bytes.Buffer
		if err := seed.WriteJSON(&out); err != nil {
			f.Fatal(err)
		}
		f.Add(out.String())
	}
	f.Add("null")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		again, err := Read(strings.NewReader(jsonOf(t, r)))
		if err != nil {
			t.Fatalf("%s: read, but not read back: %v", text, err)
		}
		both := Comparison{A: r, B: threeSeconds(), NameA: "a", NameB: "b"}
		var out bytes.Buffer
		for name, write := range map[string]func() error{
			"text":            func() error { return again.WriteText(&out) },
			"CSV":             func() error { return again.WriteCSV(&out) },
			"comparison":      func() error { return both.WriteText(&out) },
			"the same beside": func() error { return (&Comparison{A: r, B: again}).WriteText(&out) },
		} {
			if err := write(); err != nil {
				t.Errorf("%s: %s: %v", text, name, err)
			}
		}
		_ = again.Picture().WriteHTML(&out) // figures beyond all measure have no picture
		_ = both.Picture().WriteHTML(&out)
	})
}
