package options

import (
	"errors"
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// args splits a command line; the flags that are always needed come first unless it names them.
func args(line string) []string {
	fields := strings.Fields(line)
	if !strings.Contains(line, "-scenario") {
		fields = append([]string{"--scenario", "matrix"}, fields...)
	}
	if !strings.Contains(line, "-target") {
		fields = append([]string{"--target", "http://host:8000"}, fields...)
	}
	return fields
}

func TestParse(t *testing.T) {
	plain := Options{
		Scenario:    Matrix,
		URL:         "http://host:8000/matrix?size=300",
		Concurrency: 10,
		Duration:    time.Minute,
		Timeout:     30 * time.Second,
	}
	tests := []struct {
		line string
		want func(*Options)
	}{
		{"", func(*Options) {}},
		{"--scenario=matrix --size=500", func(o *Options) { o.URL = "http://host:8000/matrix?size=500" }},
		{"--scenario stream", func(o *Options) {
			o.Scenario, o.URL, o.Timeout = Stream, "http://host:8000/stream?duration_ms=2000", 32*time.Second
		}},
		{"--scenario gpu --work-ms 60000", func(o *Options) {
			o.Scenario, o.URL, o.Timeout = GPU, "http://host:8000/gpu_job?work_ms=60000", 90*time.Second
		}},
		{"--scenario gpu --timeout 500ms", func(o *Options) {
			o.Scenario, o.URL, o.Timeout = GPU, "http://host:8000/gpu_job?work_ms=1000", 500*time.Millisecond
		}},
		{"--size 7 --stream-ms 8 --work-ms 9", func(o *Options) { o.URL = "http://host:8000/matrix?size=7" }},
		{"--target https://host/app/", func(o *Options) { o.URL = "https://host/app/matrix?size=300" }},
		{"--target http://[::1]:80", func(o *Options) { o.URL = "http://[::1]:80/matrix?size=300" }},
		{"--duration 60", func(o *Options) { o.Duration = time.Minute }},
		{"-duration 1m30s", func(o *Options) { o.Duration = 90 * time.Second }},
		{"--duration 24h --ramp 24h", func(o *Options) { o.Duration, o.Ramp = 24*time.Hour, 24*time.Hour }},
		{"--ramp 0.5", func(o *Options) { o.Ramp = 500 * time.Millisecond }},
		{"--concurrency 100000", func(o *Options) { o.Concurrency = 100_000 }},
		{"--rate 0", func(*Options) {}},
		{"--rate 2.5", func(o *Options) { o.Rate, o.Concurrency = 2.5, 10_000 }},
		{"--rate 2.5 --concurrency 3", func(o *Options) { o.Rate, o.Concurrency = 2.5, 3 }},
		{"--rate 1 --ramp 0", func(o *Options) { o.Rate, o.Concurrency = 1, 10_000 }},
		{"--keepalive", func(o *Options) { o.KeepAlive = true }},
		{"--keepalive=false", func(*Options) {}},
		{"--json -", func(o *Options) { o.JSON = "-" }},
	}
	for _, test := range tests {
		want := plain
		test.want(&want)
		got, err := Parse(args(test.line))
		if err != nil {
			t.Errorf("%q: %v", test.line, err)
			continue
		}
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.line, diff)
		}
	}
}

func TestParseNamesEveryError(t *testing.T) {
	const (
		whole    = "allowed: a whole number from 1 to "
		rate     = "allowed: arrivals per second, from 0 (closed loop) to 100000"
		scenario = "allowed: matrix, stream or gpu"
		target   = "allowed: " + targetAllowed
		duration = "allowed: from 1ms to 24h0m0s, as 90, 90s or 1m30s"
		ramp     = "allowed: from 0s to 24h0m0s, as 90, 90s or 1m30s"
		timeout  = "allowed: from 1ms to 2h0m0s, as 90, 90s or 1m30s"
	)
	tests := []struct {
		line string
		want []string
	}{
		{"--scenario cpu", []string{`--scenario "cpu": ` + scenario}},
		{"--scenario Matrix", []string{`--scenario "Matrix": ` + scenario}},
		{"--target host:8000", []string{`--target "host:8000": ` + target}},
		{"--target http://", []string{`--target "http://": ` + target}},
		{"--target http://:80", []string{`--target "http://:80": ` + target}},
		{"--target ftp://host", []string{`--target "ftp://host": ` + target}},
		{"--target http://host/?a=b", []string{`--target "http://host/?a=b": ` + target}},
		{"--target http://host:port", []string{`--target "http://host:port": ` + target}},
		{"--concurrency 0", []string{`--concurrency "0": ` + whole + "100000"}},
		{"--concurrency 100001", []string{`--concurrency "100001": ` + whole + "100000"}},
		{"--concurrency 1.5", []string{`--concurrency "1.5": ` + whole + "100000"}},
		{"--size -3", []string{`--size "-3": ` + whole + "100000"}},
		{"--stream-ms 2s", []string{`--stream-ms "2s": ` + whole + "3600000"}},
		{"--work-ms 0", []string{`--work-ms "0": ` + whole + "3600000"}},
		{"--rate -1", []string{`--rate "-1": ` + rate}},
		{"--rate NaN", []string{`--rate "NaN": ` + rate}},
		{"--rate Inf", []string{`--rate "Inf": ` + rate}},
		{"--rate 100001", []string{`--rate "100001": ` + rate}},
		{"--duration 0", []string{`--duration "0": ` + duration}},
		{"--duration 25h", []string{`--duration "25h": ` + duration}},
		{"--duration NaN", []string{`--duration "NaN": ` + duration}},
		{"--duration soon", []string{`--duration "soon": ` + duration}},
		{"--ramp -1s", []string{`--ramp "-1s": ` + ramp}},
		{"--timeout 3h", []string{`--timeout "3h": ` + timeout}},
		{"--keepalive=maybe", []string{`--keepalive="maybe": allowed: true or false`}},
		{"--ramp 61s", []string{"--ramp 1m1s: allowed: at most --duration, 1m0s"}},
		{"--ramp 1s --rate 5", []string{"--ramp 1s: allowed without --rate only: it spreads the users of the closed loop"}},
		{"extra", []string{`"extra": allowed: flags only`}},
		{"--keepalive true", []string{`"true": allowed: flags only`}},
		{"--size", []string{"flag needs an argument: -size"}},
		{"--size 0 --nope 1 --rate x", []string{`--size "0": ` + whole + "100000", "flag provided but not defined: -nope"}},
		{"--size 0 --concurrency x --rate y --keepalive=z", []string{
			`--size "0": ` + whole + "100000", `--concurrency "x": ` + whole + "100000", `--rate "y": ` + rate,
			`--keepalive="z": allowed: true or false`,
		}},
	}
	for _, test := range tests {
		opts, err := Parse(args(test.line))
		if err == nil {
			t.Errorf("%q was accepted: %+v", test.line, opts)
			continue
		}
		if diff := cmp.Diff(test.want, strings.Split(err.Error(), "\n")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.line, diff)
		}
	}
}

func TestParseNeedsScenarioAndTarget(t *testing.T) {
	_, err := Parse(nil)
	want := "--scenario is missing: allowed: " + scenarioNames + "\n--target is missing: allowed: " + targetAllowed
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want\n%s", err, want)
	}
}

func TestHelp(t *testing.T) {
	for _, flag := range []string{"-h", "--help"} {
		if _, err := Parse([]string{flag}); !errors.Is(err, ErrHelp) {
			t.Errorf("%s: got %v", flag, err)
		}
	}
}

// What --help says must be what the flags are.
func TestUsageNamesEveryFlag(t *testing.T) {
	p := newParser()
	p.define(&Options{}, &parameters{})
	p.flags.VisitAll(func(f *flag.Flag) {
		if !strings.Contains(Usage, "\n  --"+f.Name+" ") {
			t.Errorf("--help does not explain --%s", f.Name)
		}
	})
}

func TestUsageExamplesAreValid(t *testing.T) {
	examples := 0
	for line := range strings.Lines(Usage) {
		command, found := strings.CutPrefix(line, "  loadgen --scenario ")
		if !found || strings.Contains(line, "[flags]") {
			continue
		}
		examples++
		command, _, _ = strings.Cut(command, " | ")
		if _, err := Parse(strings.Fields("--scenario " + command)); err != nil {
			t.Errorf("%s%v", line, err)
		}
	}
	if examples < 3 {
		t.Errorf("%d examples found, want at least 3", examples)
	}
}
