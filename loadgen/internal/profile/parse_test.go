package profile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/trace"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Profile{
		"50":                     Constant(50),
		"2.5":                    Constant(2.5),
		"0":                      Constant(0),
		"ramp:0..500/30s":        Ramp(0, 500, 30*second),
		"ramp:500..2.5/30":       Ramp(500, 2.5, 30*second),
		"step:10,50,20/1m":       Steps(time.Minute, 10, 50, 20),
		"step:7/0.5":             Steps(500*time.Millisecond, 7),
		"sine:50..150/60s":       NewSine(50, 150, time.Minute),
		"spike:10..500@30s/5s":   Spike(10, 500, 30*second, 5*second),
		"spike:10..500@0/1h":     Spike(10, 500, 0, time.Hour),
		"ramp:1e3..0/1m30s":      Ramp(1000, 0, 90*second),
		"sine:-0..1/1s":          NewSine(0, 1, second),
		"trace:testdata/ten.csv": recorded(10*second, 1, 2.5),
	} {
		got, err := Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(Piecewise{}, piece{}, Sine{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// recorded is a trace, each of whose levels holds for a step.
func recorded(step time.Duration, levels ...float64) *Piecewise {
	return Trace(&trace.Trace{Step: step, Values: levels})
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	const (
		forms = "allowed: " + Forms
		level = "allowed: a number from 0 to 1e9"
		times = "allowed: up to 1000h0m0s, as 90, 90s or 1m30s"
	)
	for text, want := range map[string]string{
		"":                      forms,
		"x":                     forms,
		"-1":                    forms,
		"NaN":                   forms,
		"wave:1..2/3s":          `"wave": ` + forms,
		"ramp:":                 `"" has no "..": ` + forms,
		"ramp:1..2":             `"2" has no "/": ` + forms,
		"ramp:1..2/":            `time "": ` + times,
		"ramp:1..x/3s":          `level "x": ` + level,
		"ramp:1..-2/3s":         `level "-2": ` + level,
		"ramp:1..2/0":           "time 0s: allowed: at least 1ms",
		"ramp:1..2/-1s":         `time "-1s": ` + times,
		"step:/1s":              `level "": ` + level,
		"step:1,,2/1s":          `level "": ` + level,
		"step:1,2":              `"1,2" has no "/": ` + forms,
		"sine:1..Inf/1s":        `level "Inf": ` + level,
		"sine:2..1/1s":          "2..1: allowed: the lower level first",
		"spike:1..2/3s":         `"2/3s" has no "@": ` + forms,
		"spike:1..2@-1s/3s":     `time "-1s": ` + times,
		"spike:1..2@1s/soon":    `time "soon": ` + times,
		"trace:testdata/absent": "allowed: trace: and a CSV file t_seconds,value: open testdata/absent: no such file or directory",
	} {
		if p, err := Parse(text); err == nil || err.Error() != want {
			t.Errorf("%q: got %+v, %v; want the error %s", text, p, err, want)
		}
	}
}

// The traces that lie beside the project, where they do.
func TestRealTraces(t *testing.T) {
	files, err := filepath.Glob("../../../../shared/traces/*.csv")
	if err != nil || len(files) == 0 {
		t.Skip("no traces in ../shared/traces, beside the project")
	}
	for _, file := range files {
		p, err := Parse("trace:" + file)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fast := Played{Profile: p, Speed: 60, Scale: 1}
		n := 0
		for fast.When(float64(n)) < fast.Length() {
			n++
		}
		if want := fast.Integral(fast.Length()); n < 100 || float64(n)-want > 1 || want-float64(n) > 1 {
			t.Errorf("%s: %d arrivals at 60 times the speed, the integral is %v", file, n, want)
		}
		t.Logf("%s: %d lines, %s long, peak %v, %.0f in all", filepath.Base(file), strings.Count(string(text), "\n"), p.Length(), p.Peak(),
			p.Integral(p.Length()))
	}
}

// FuzzParse: what is read is a profile that keeps its contract; files are not touched.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"50", "ramp:0..500/30s", "step:10,50,20/1m", "sine:50..150/60s", "spike:10..500@30s/5s", "sine:0..1e9/1ms"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.HasPrefix(text, "trace:") {
			return
		}
		p, err := Parse(text)
		checkProfile(t, p, err)
	})
}

// FuzzTrace: any trace is a profile that keeps its contract.
func FuzzTrace(f *testing.F) {
	f.Add("t_seconds,value\n0,1\n1,0\n2,1e9\n")
	f.Add("t_seconds,value\r\n0,0\r\n0.001,2\r\n")
	f.Add("t_seconds,value\n0,\"1\"\n\n3600000,0\n")
	f.Fuzz(func(t *testing.T, text string) {
		read, err := trace.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		p := Trace(read)
		checkProfile(t, p, nil)
		if p.Length() != read.Length() || p.Length() <= 0 {
			t.Errorf("%q lasts %s", text, p.Length())
		}
	})
}

func checkProfile(t *testing.T, p Profile, err error) {
	t.Helper()
	if err != nil {
		if p != nil || err.Error() == "" {
			t.Errorf("got %+v with the error %q", p, err)
		}
		return
	}
	before, due := 0.0, time.Duration(0)
	for i := range 50 {
		at := time.Duration(i*i) * 100 * time.Millisecond
		if level := p.Level(at); !(level >= 0 && level <= p.Peak()*(1+1e-9)) {
			t.Errorf("%+v: level %v at %s, the peak is %v", p, level, at, p.Peak())
		}
		integral := p.Integral(at)
		if !(integral >= before) {
			t.Errorf("%+v: the integral falls from %v to %v", p, before, integral)
		}
		before = integral
		when := p.When(float64(i * i))
		if when < due {
			t.Errorf("%+v: arrival %d is due at %s, before an earlier one", p, i*i, when)
		}
		due = when
	}
}
