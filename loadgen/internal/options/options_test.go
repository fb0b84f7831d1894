package options

import (
	"errors"
	"flag"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/loadgen/internal/engine"
	"userscale.dev/userscale/loadgen/internal/profile"
	"userscale.dev/userscale/loadgen/internal/request"
	"userscale.dev/userscale/trace"
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
		Mix:      mix("matrix", "http://host:8000/matrix?size=300"),
		Load:     "10",
		Profile:  profile.Constant(10),
		Users:    10,
		Duration: time.Minute,
		Timeout:  30 * time.Second,
		UserKey:  request.NoKey,
		Seed:     1,
	}
	open := func(o *Options, load string, p profile.Profile) {
		o.Open, o.Load, o.Profile, o.Users, o.InFlight = true, load, p, 1, 10_000
	}
	closed := func(o *Options, load string, p profile.Profile, users int) {
		o.Load, o.Profile, o.Users = load, p, users
	}
	recorded := profile.Trace(&trace.Trace{Step: 10 * time.Second, Values: []float64{1, 2.5}})
	tests := []struct {
		line string
		want func(*Options)
	}{
		{"", func(*Options) {}},
		{"--scenario=matrix --size=500", func(o *Options) { o.Mix = mix("matrix", "http://host:8000/matrix?size=500") }},
		{"--scenario stream", func(o *Options) {
			o.Mix, o.Timeout = mix("stream", "http://host:8000/stream?duration_ms=2000"), 32*time.Second
		}},
		{"--scenario gpu --work-ms 60000", func(o *Options) {
			o.Mix, o.Timeout = mix("gpu", "http://host:8000/gpu_job?work_ms=60000"), 90*time.Second
		}},
		{"--scenario gpu --timeout 500ms", func(o *Options) {
			o.Mix, o.Timeout = mix("gpu", "http://host:8000/gpu_job?work_ms=1000"), 500*time.Millisecond
		}},
		{"--scenario matrix=3,gpu,stream=0.5", func(o *Options) {
			o.Mix = append(mix("matrix", "http://host:8000/matrix?size=300"), mix("gpu", "http://host:8000/gpu_job?work_ms=1000")...)
			o.Mix = append(o.Mix, mix("stream", "http://host:8000/stream?duration_ms=2000")...)
			o.Mix[0].Weight, o.Mix[2].Weight, o.Timeout = 3, 0.5, 32*time.Second
		}},
		{"--size 7 --stream-ms 8 --work-ms 9", func(o *Options) { o.Mix = mix("matrix", "http://host:8000/matrix?size=7") }},
		{"--target https://host/app/", func(o *Options) { o.Mix = mix("matrix", "https://host/app/matrix?size=300") }},
		{"--target http://[::1]:80", func(o *Options) { o.Mix = mix("matrix", "http://[::1]:80/matrix?size=300") }},
		{"--duration 60", func(*Options) {}},
		{"-duration 1m30s", func(o *Options) { o.Duration = 90 * time.Second }},
		{"--duration 24h --ramp 24h", func(o *Options) {
			closed(o, "ramp:0..10/24h0m0s", profile.Ramp(0, 10, 24*time.Hour), 10)
			o.Duration = 24 * time.Hour
		}},
		{"--ramp 0.5 --concurrency 4", func(o *Options) {
			closed(o, "ramp:0..4/500ms", profile.Ramp(0, 4, 500*time.Millisecond), 4)
		}},
		{"--concurrency 100000", func(o *Options) { closed(o, "100000", profile.Constant(100_000), 100_000) }},
		{"--users 25", func(o *Options) { closed(o, "25", profile.Constant(25), 25) }},
		{"--users sine:2..5.6/1m --user-key cookie", func(o *Options) {
			closed(o, "sine:2..5.6/1m", profile.NewSine(2, 5.6, time.Minute), 6)
			o.UserKey = request.CookieKey
		}},
		{"--think 2", func(o *Options) { o.Think = engine.Think{Mean: 2 * time.Second} }},
		{"--think 1s..3s", func(o *Options) { o.Think = engine.Think{Mean: 2 * time.Second, Spread: time.Second} }},
		{"--think exp:500ms", func(o *Options) { o.Think = engine.Think{Mean: 500 * time.Millisecond, Exponential: true} }},
		{"--rate 0", func(*Options) {}},
		{"--rate 2.5", func(o *Options) { open(o, "2.5", profile.Constant(2.5)) }},
		{"--rate 2.5 --concurrency 3", func(o *Options) { open(o, "2.5", profile.Constant(2.5)); o.InFlight = 3 }},
		{"--rate 1 --ramp 0", func(o *Options) { open(o, "1", profile.Constant(1)) }},
		{"--rate ramp:0..50/1m --arrivals poisson", func(o *Options) {
			open(o, "ramp:0..50/1m", profile.Ramp(0, 50, time.Minute))
			o.Poisson = true
		}},
		{"--rate 5 --users 20 --user-key header --arrivals even", func(o *Options) {
			open(o, "5", profile.Constant(5))
			o.Users, o.UserKey = 20, request.HeaderKey
		}},
		{"--rate 5 --scale 0.5", func(o *Options) {
			open(o, "5, 0.5 times as much", profile.Played{Profile: profile.Constant(5), Speed: 1, Scale: 0.5})
		}},
		{"--rate trace:testdata/trace.csv", func(o *Options) {
			open(o, "trace:testdata/trace.csv", recorded)
			o.Duration = 20 * time.Second
		}},
		{"--users trace:testdata/trace.csv --speed 10 --scale 4", func(o *Options) {
			p := profile.Played{Profile: recorded, Speed: 10, Scale: 4}
			closed(o, "trace:testdata/trace.csv, 10 times as fast, 4 times as much", p, 10)
			o.Duration = 2 * time.Second
		}},
		{"--count 1000 --warm-up 5s --seed 0", func(o *Options) { o.Count, o.WarmUp, o.Seed = 1000, 5*time.Second, 0 }},
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
		if diff := cmp.Diff(&want, got, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.line, diff)
		}
	}
}

// mix is one scenario.
func mix(scenario Scenario, text string) Mix {
	u, err := url.Parse(text)
	if err != nil {
		panic(err)
	}
	return Mix{{scenario, 1, u}}
}

func TestMixInWords(t *testing.T) {
	for _, text := range []string{"gpu", "matrix=3,stream=1", "stream=0.5,gpu=2,matrix=1"} {
		o, err := Parse(args("--scenario " + text))
		if err != nil {
			t.Fatal(err)
		}
		if got := o.Mix.String(); got != text {
			t.Errorf("got %s, want %s", got, text)
		}
	}
}

func TestParseNamesEveryError(t *testing.T) {
	const (
		whole    = "allowed: a whole number from 1 to "
		forms    = "allowed: " + profile.Forms
		scenario = "allowed: " + mixAllowed
		target   = "allowed: " + targetAllowed
		duration = "allowed: from 1ms to 24h0m0s, as 90, 90s or 1m30s"
		ramp     = "allowed: from 0s to 24h0m0s, as 90, 90s or 1m30s"
		timeout  = "allowed: from 1ms to 2h0m0s, as 90, 90s or 1m30s"
		think    = "allowed: TIME, LEAST..MOST (uniform) or exp:MEAN (exponential), up to 1h0m0s"
		factor   = "allowed: a number above 0, at most 1000000"
	)
	tests := []struct {
		line string
		want []string
	}{
		{"--scenario cpu", []string{`--scenario "cpu": ` + scenario}},
		{"--scenario Matrix", []string{`--scenario "Matrix": ` + scenario}},
		{"--scenario matrix=0,gpu", []string{`--scenario "matrix=0,gpu": ` + scenario}},
		{"--scenario matrix=NaN", []string{`--scenario "matrix=NaN": ` + scenario}},
		{"--scenario gpu,matrix,gpu", []string{`--scenario "gpu,matrix,gpu": ` + scenario}},
		{"--scenario gpu,", []string{`--scenario "gpu,": ` + scenario}},
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
		{"--count 0", []string{`--count "0": ` + whole + "1000000000"}},
		{"--seed -1", []string{`--seed "-1": allowed: a whole number from 0 to 2^64 − 1`}},
		{"--rate -1", []string{`--rate "-1": ` + forms}},
		{"--rate NaN", []string{`--rate "NaN": ` + forms}},
		{"--rate Inf", []string{`--rate "Inf": ` + forms}},
		{"--rate ramp:1..2", []string{`--rate "ramp:1..2": "2" has no "/": ` + forms}},
		{"--rate 100001", []string{"--rate 100001: the peak is 100001: allowed: above 0, at most 100000"}},
		{"--rate ramp:0..0/1s", []string{"--rate ramp:0..0/1s: the peak is 0: allowed: above 0, at most 100000"}},
		{"--rate 11 --scale 1e4", []string{"--rate 11, 10000 times as much: the peak is 110000: allowed: above 0, at most 100000"}},
		{"--users 0.4", []string{"--users 0.4: the peak is 0.4: allowed: above 0.5, at most 100000"}},
		{"--users 0", []string{"--users 0: the peak is 0: allowed: above 0.5, at most 100000"}},
		{"--users many --rate lots", []string{`--users "many": ` + forms, `--rate "lots": ` + forms}},
		{"--users ramp:1..9/9s --rate 5", []string{`--users "ramp:1..9/9s": allowed with --rate: a whole number from 1 to 100000, whose requests arrive`}},
		{"--speed 0", []string{`--speed "0": ` + factor}},
		{"--scale NaN --speed 1e7", []string{`--scale "NaN": ` + factor, `--speed "1e7": ` + factor}},
		{"--think soon", []string{`--think "soon": ` + think}},
		{"--think 3s..1s", []string{`--think "3s..1s": ` + think}},
		{"--think exp:", []string{`--think "exp:": ` + think}},
		{"--think -1", []string{`--think "-1": ` + think}},
		{"--think 2h", []string{`--think "2h": ` + think}},
		{"--arrivals random", []string{`--arrivals "random": allowed: even or poisson`}},
		{"--user-key id", []string{`--user-key "id": allowed: none or header or cookie`}},
		{"--duration 0", []string{`--duration "0": ` + duration}},
		{"--duration 25h", []string{`--duration "25h": ` + duration}},
		{"--duration NaN", []string{`--duration "NaN": ` + duration}},
		{"--duration soon", []string{`--duration "soon": ` + duration}},
		{"--ramp -1s", []string{`--ramp "-1s": ` + ramp}},
		{"--timeout 3h", []string{`--timeout "3h": ` + timeout}},
		{"--keepalive=maybe", []string{`--keepalive="maybe": allowed: true or false`}},
		{"--ramp 61s", []string{"--ramp 1m1s: allowed: at most --duration, 1m0s"}},
		{"--warm-up 60", []string{"--warm-up 1m0s: allowed: less than --duration, 1m0s"}},
		{"--ramp 1s --rate 5 --think 1s --user-key header", []string{
			"--ramp 1s: allowed: without --rate only: it spreads the users of the closed loop",
			"--think 1s: allowed: without --rate only: arrivals do not wait for answers",
			"--user-key header: allowed: with --rate only together with --users N, which says how many there are",
		}},
		{"--users 5 --concurrency 5 --ramp 1s --arrivals even", []string{
			"--concurrency 5: allowed: without --users, or together with --rate",
			"--ramp 1s: allowed: without --users only, which has ramp:0..N/TIME",
			"--arrivals even: allowed: with --rate only",
		}},
		{"extra", []string{`"extra": allowed: flags only`}},
		{"--keepalive true", []string{`"true": allowed: flags only`}},
		{"--size", []string{"flag needs an argument: -size"}},
		{"--size 0 --nope 1 --rate x", []string{`--size "0": ` + whole + "100000", "flag provided but not defined: -nope"}},
		{"--size 0 --concurrency x --rate y --keepalive=z", []string{
			`--size "0": ` + whole + "100000", `--concurrency "x": ` + whole + "100000", `--rate "y": ` + forms,
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
	want := "--scenario is missing: allowed: " + mixAllowed + "\n--target is missing: allowed: " + targetAllowed
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
	p.define(&Options{}, &given{})
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
	if examples < 5 {
		t.Errorf("%d examples found, want at least 5", examples)
	}
}
