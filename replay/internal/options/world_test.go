package options

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/replay/internal/simulate"
)

func parse(args ...string) (World, error) {
	var w World
	p := NewParser()
	p.World(&w)
	return w, p.Parse(args)
}

func TestDefaults(t *testing.T) {
	w, err := parse()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(World{Scale: 1, SpeedUp: 1, Config: simulate.Defaults()}, w, cmp.AllowUnexported()); diff != "" {
		t.Error(diff)
	}
}

func TestFlags(t *testing.T) {
	w, err := parse("--trace=T", "--scale", "2", "--speed-up=10", "--duration=1h", "--seed", "18446744073709551615", "--noise", "poisson",
		"--pod-start=20s", "--pod-capacity=3.5", "--scrape-loss=1%", "--initial=4", "--rolling-update=10m", "--tolerance=0")
	if err != nil {
		t.Fatal(err)
	}
	c := &w.Config
	if w.TracePath != "T" || w.Scale != 2 || w.SpeedUp != 10 || w.Duration != time.Hour || c.Seed != 1<<64-1 || !c.Poisson ||
		c.Pods.Start != 20*time.Second || c.Pods.Capacity != 3.5 || c.Scrapes.Loss != 0.01 || c.Initial != 4 ||
		c.RollingUpdate != 10*time.Minute || c.Controller.Tolerance != 0 {
		t.Errorf("%+v", w)
	}
}

func TestBadFlags(t *testing.T) {
	for flag, allowed := range map[string]string{
		"--trace=":               "a CSV file, t_seconds,value",
		"--scale=0":              "a number from 1e-06 to 1e+06",
		"--scale=NaN":            "a number from 1e-06 to 1e+06",
		"--scale-to-peak=1e8":    "a number from 0.001 to 1e+07",
		"--seed=-1":              "a whole number from 0 to 2^64 − 1",
		"--noise=gauss":          "none or poisson",
		"--pod-start=60":         "from 0s to 1h in whole milliseconds, as 90s, 1m30s or 500ms",
		"--pod-start=1ns":        "from 0s to 1h in whole milliseconds, as 90s, 1m30s or 500ms",
		"--pod-start=-1s":        "from 0s to 1h in whole milliseconds, as 90s, 1m30s or 500ms",
		"--duration=0s":          "from 1s to 744h in whole milliseconds, as 90s, 1m30s or 500ms",
		"--scrape-loss=101%":     "from 0 to 1, as 1% or 0.01",
		"--scrape-loss=x":        "from 0 to 1, as 1% or 0.01",
		"--initial=0":            "a whole number from 1 to 10000",
		"--initial=1.5":          "a whole number from 1 to 10000",
		"--pod-capacity=Inf":     "a number from 0.001 to 1e+07",
		"--sync-period=0s":       "from 1s to 1h in whole milliseconds, as 90s, 1m30s or 500ms",
		"--prometheus-interval=": "from 1s to 1h in whole milliseconds, as 90s, 1m30s or 500ms",
	} {
		name, value, _ := strings.Cut(flag, "=")
		want := name + ` "` + value + `": allowed: ` + allowed
		if _, err := parse(flag); err == nil || err.Error() != want {
			t.Errorf("%s: %v: want %s", flag, err, want)
		}
	}
	for line, want := range map[string]string{
		"--scale=2 --scale-to-peak=90":    "--scale and --scale-to-peak: allowed: one of them",
		"--adapter-outage=40s":            "--adapter-outage: allowed: with --adapter-restart",
		"--pod-start=1s --pod-pending=2s": "--pod-pending 2s: allowed: at most --pod-start, 1s",
	} {
		if _, err := parse(strings.Fields(line)...); err == nil || err.Error() != want {
			t.Errorf("%s: %v: want %s", line, err, want)
		}
	}
	if _, err := parse("--pod-start=1s"); err != nil { // no more than that is pending, unless told otherwise
		t.Error(err)
	}
	if _, err := parse("--seed=x", "--noise=y", "z"); err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("%v: want three errors", err)
	}
}

func TestUsers(t *testing.T) {
	for name, test := range map[string]struct {
		args  []string
		users []float64
	}{
		"seconds":              {nil, []float64{1, 1, 4, 4, 2, 2}},
		"scale":                {[]string{"--scale=0.5"}, []float64{0.5, 0.5, 2, 2, 1, 1}},
		"scale to peak":        {[]string{"--scale-to-peak=40"}, []float64{10, 10, 40, 40, 20, 20}},
		"speed up":             {[]string{"--speed-up=2"}, []float64{1, 4, 2}},
		"mean within a second": {[]string{"--speed-up=4"}, []float64{2.5, 1}}, // the last half second has nobody
		"beginning":            {[]string{"--duration=3s"}, []float64{1, 1, 4}},
		"slow":                 {[]string{"--speed-up=0.5", "--duration=5s"}, []float64{1, 1, 1, 1, 4}},
	} {
		path := filepath.Join(t.TempDir(), "trace.csv")
		if err := os.WriteFile(path, []byte("t_seconds,value\n0,1\n2,4\n4,2\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		w, err := parse(append(test.args, "--trace="+path)...)
		if err != nil {
			t.Fatal(err)
		}
		c, err := w.Load()
		if err != nil || !slices.Equal(c.Users, test.users) || c.Trace != path {
			t.Errorf("%s: %v, %v: want %v", name, c.Users, err, test.users)
		}
	}
}

func TestBadTraces(t *testing.T) {
	for text, test := range map[string]struct {
		args []string
		want string
	}{
		"t_seconds,value\n0,1\n1,NaN\n":     {nil, `line 3: value "NaN"`},
		"t_seconds,value\n0,0\n1,0\n":       {[]string{"--scale-to-peak=1"}, "--scale-to-peak: allowed: a trace with a value above 0"},
		"t_seconds,value\n0,1\n1,1e8\n":     {nil, "1e+08 users in second 1: allowed: at most 1e+07, see --scale and --scale-to-peak"},
		"t_seconds,value\n0,1\n3000000,1\n": {nil, "allowed: at most 744h, see --speed-up and --duration"},
		"t_seconds,value\n0,1\n60,1\n":      {[]string{"--rolling-update=2m"}, "--rolling-update 2m: allowed: before the end of what is replayed, 2m"},
		"t_seconds,value\n0,1\n60,2\n":      {[]string{"--adapter-restart=1m", "--duration=30s"}, "--adapter-restart 1m: allowed: before the end of what is replayed, 30s"},
	} {
		path := filepath.Join(t.TempDir(), "trace.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		w, err := parse(append(test.args, "--trace="+path)...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Load(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v: want %s", text, err, test.want)
		}
	}
}
