package trace

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRead(t *testing.T) {
	for text, want := range map[string]*Trace{
		"t_seconds,value\n0,1\n1,2.5\n":                {Step: time.Second, Values: []float64{1, 2.5}},
		"t_seconds,value\r\n0,1\r\n60,0\r\n120,1e9":    {Step: time.Minute, Values: []float64{1, 0, 1e9}},
		"t_seconds,value\n0.0,-0\n0.1,2\n0.2,0\n0.3,1": {Step: 100 * time.Millisecond, Values: []float64{0, 2, 0, 1}},
		"t_seconds,value\n0,1\n\n1e0,0.5\n":            {Step: time.Second, Values: []float64{1, 0.5}},
	} {
		got, err := Read(strings.NewReader(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestReadNamesLineValueAndWhatIsAllowed(t *testing.T) {
	const (
		numbers = "allowed: t_seconds,value, two numbers"
		times   = "allowed: a number from 0 to 3600000"
		values  = "allowed: a number from 0 to 1e+09"
	)
	for name, test := range map[string]struct{ text, want string }{
		"empty":            {"", "is empty: allowed: the header t_seconds,value, then rows"},
		"no header":        {"0,1\n1,2\n", `line 1: "0,1": allowed: the header t_seconds,value`},
		"wrong header":     {"t_seconds,users\n0,1\n1,2\n", `line 1: "t_seconds,users": allowed: the header t_seconds,value`},
		"byte order mark":  {"\ufefft_seconds,value\n0,1\n1,2\n", "line 1: begins with a byte order mark: allowed: UTF-8 without one, the header t_seconds,value"},
		"one long line":    {strings.Repeat("ab", 50) + "\n", `line 1: "` + strings.Repeat("ab", 40) + `" …: allowed: the header t_seconds,value`},
		"no rows":          {"t_seconds,value\n", "0 rows: allowed: at least 2"},
		"one row":          {"t_seconds,value\n0,1\n", "1 rows: allowed: at least 2"},
		"too few fields":   {"t_seconds,value\n0,1\n1\n", `line 3: "1": 1 fields: ` + numbers},
		"too many fields":  {"t_seconds,value\n0,1,2\n", `line 2: "0,1,2": 3 fields: ` + numbers},
		"bad quote":        {"t_seconds,value\n0,\"1\n", `line 2: extraneous or missing " in quoted-field: ` + numbers},
		"not from 0":       {"t_seconds,value\n5,1\n6,1\n", `line 2: t_seconds "5": allowed: 0 in the first row`},
		"unsorted":         {"t_seconds,value\n0,1\n2,1\n1,3\n", `line 4: t_seconds "1": allowed: more than the row before, 2`},
		"same time twice":  {"t_seconds,value\n0,1\n\n0,1\n", `line 4: t_seconds "0": allowed: more than the row before, 0`},
		"gap":              {"t_seconds,value\n0,1\n1,1\n3,3\n", `line 4: t_seconds "3": allowed: 2, since the step is 1: no row may be missing`},
		"uneven":           {"t_seconds,value\n0,1\n1,1\n1.5,3\n", `line 4: t_seconds "1.5": allowed: 2, since the step is 1: no row may be missing`},
		"negative time":    {"t_seconds,value\n0,1\n-2,1\n", `line 3: t_seconds "-2": ` + times},
		"NaN time":         {"t_seconds,value\n0,1\nNaN,1\n", `line 3: t_seconds "NaN": ` + times},
		"too long":         {"t_seconds,value\n0,1\n3600001,1\n", `line 3: t_seconds "3600001": ` + times},
		"too fine":         {"t_seconds,value\n0,1\n0.0001,1\n", `line 3: t_seconds "0.0001": allowed: whole milliseconds`},
		"no number":        {"t_seconds,value\n0,1\n1,many\n", `line 3: value "many": ` + values},
		"NaN":              {"t_seconds,value\n0,1\n1,NaN\n", `line 3: value "NaN": ` + values},
		"infinite":         {"t_seconds,value\n0,1\n1,+Inf\n", `line 3: value "+Inf": ` + values},
		"negative":         {"t_seconds,value\n0,1\n1,-0.1\n", `line 3: value "-0.1": ` + values},
		"too large":        {"t_seconds,value\n0,1\n1,2e9\n", `line 3: value "2e9": ` + values},
		"absent":           {"t_seconds,value\n0,1\n1,\n", `line 3: value "": ` + values},
		"spaces":           {"t_seconds,value\r\n0,1\r\n0.5, 2\r\n", `line 3: value " 2": ` + values},
		"not the last row": {"t_seconds,value\n0,1\n1,x\n2,y\n", `line 3: value "x": ` + values},
	} {
		if got, err := Read(strings.NewReader(test.text)); err == nil || err.Error() != test.want {
			t.Errorf("%s: got %+v, %v; want the error %s", name, got, err, test.want)
		}
	}
}

func TestReadFileNamesTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "users.csv")
	if _, err := ReadFile(file); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), file) {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(file, []byte("t_seconds,value\n0,1\n1,-3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := "trace " + file + `: line 3: value "-3": allowed: a number from 0 to 1e+09`
	if _, err := ReadFile(file); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A source that breaks off is an error, not a short trace.
func TestReadDoesNotHideFailures(t *testing.T) {
	broken := errors.New("the disk is gone")
	text := "t_seconds,value\n0,1\n1,2\n2,3\n"
	if _, err := Read(&failing{text: []byte(text), err: broken}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if got, err := read(strings.NewReader(text), int64(len(text))); err != nil || len(got.Values) != 3 {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := read(strings.NewReader(text), int64(len(text))-1); err == nil || err.Error() != "allowed: at most 27 bytes" {
		t.Errorf("got %v", err)
	}
}

type failing struct {
	text []byte
	err  error
}

func (f *failing) Read(p []byte) (int, error) {
	if len(f.text) == 0 {
		return 0, f.err
	}
	n := copy(p, f.text)
	f.text = f.text[n:]
	return n, nil
}

func TestAt(t *testing.T) {
	tr := &Trace{Step: 2 * time.Second, Values: []float64{1, 5}}
	for at, want := range map[time.Duration]float64{
		-1: 0, 0: 1, 2*time.Second - 1: 1, 2 * time.Second: 5, 4*time.Second - 1: 5, 4 * time.Second: 0,
	} {
		if got := tr.At(at); got != want {
			t.Errorf("at %v: got %v, want %v", at, got, want)
		}
	}
	if got := tr.Length(); got != 4*time.Second {
		t.Errorf("length: got %v", got)
	}
}

// FuzzRead holds the reader to its word: what it accepts is within the bounds and survives being written and read again.
func FuzzRead(f *testing.F) {
	f.Add("t_seconds,value\n0,1\n1,2.5\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		if len(got.Values) < 2 || got.Step <= 0 || got.Step%time.Millisecond != 0 || got.Length()-got.Step > MaxLength {
			t.Fatalf("out of bounds: %+v", got)
		}
		for i, v := range got.Values {
			if !(v >= 0 && v <= MaxValue) {
				t.Fatalf("value %d is %v", i, v)
			}
		}
		var written bytes.Buffer
		if err := got.Write(&written); err != nil {
			t.Fatal(err)
		}
		again, err := Read(&written)
		if err != nil {
			t.Fatalf("%v: wrote %q", err, written.String())
		}
		if diff := cmp.Diff(got, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

// The traces that lie beside the project, where they do.
func TestRealTraces(t *testing.T) {
	files, err := filepath.Glob("../../shared/traces/*.csv")
	if err != nil || len(files) == 0 {
		t.Skip("no traces in ../shared/traces, beside the project")
	}
	for _, file := range files {
		if _, err := ReadFile(file); err != nil {
			t.Error(err)
		}
	}
}
