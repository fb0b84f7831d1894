package options

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// FuzzParse: a command line, one argument per line, gives a load that can be run, help, or an error.
func FuzzParse(f *testing.F) {
	const target = "--target=http://host:8000\n"
	f.Add(target + "--scenario=matrix\n--size=7\n--concurrency=3\n--duration=1m30s\n--ramp=0.5\n--keepalive\n--json=-")
	f.Add(target + "--scenario=stream\n--stream-ms=3600000\n--rate=2.5")
	f.Add(target + "--scenario=gpu\n--work-ms\n1\n--timeout\n500ms\n--keepalive=false")
	f.Add("--target=https://[::1%25eth0]:80/a%2fb/../c/\n--scenario=matrix")
	f.Add("--target=http://user@host?q#f\n--scenario=cpu\n--rate=NaN\n--size=-0")
	f.Add(target + "--scenario=matrix\n--ramp=2m\n--duration=1m\n--rate=0x1p-3")
	f.Add(target + "--scenario=matrix=3,gpu=0.5\n--users=sine:2..5/1m\n--think=exp:2s\n--warm-up=5s\n--user-key=cookie")
	f.Add(target + "--scenario=stream,gpu\n--rate=spike:1..9@3s/1s\n--users=20\n--arrivals=poisson\n--speed=2\n--scale=0.1\n--count=7\n--seed=9")
	f.Add("-h")
	f.Add("--keepalive=maybe\nserve")
	f.Fuzz(func(t *testing.T, lines string) {
		args := strings.Split(lines, "\n")
		o, err := Parse(args)
		if err != nil {
			if o != nil || err.Error() == "" {
				t.Errorf("%q: got %+v with the error %q", args, o, err)
			}
			return
		}
		checkMix(t, o)
		if peak := o.Profile.Peak(); !(peak > 0 && peak <= 100_000) || o.Users < 1 || o.Users > maxConcurrency {
			t.Errorf("%q: a peak of %v, %d users", args, peak, o.Users)
		}
		if o.Open != (o.InFlight > 0) || o.InFlight > maxConcurrency || o.Open && o.Think.Mean != 0 || !o.Open && o.Poisson {
			t.Errorf("%q: %+v", args, o)
		}
		if o.Duration < time.Millisecond || o.Duration > maxDuration || o.WarmUp < 0 || o.WarmUp >= o.Duration || o.Count < 0 {
			t.Errorf("%q: a warm-up of %v in %v, at most %d requests", args, o.WarmUp, o.Duration, o.Count)
		}
		if o.Think.Mean < 0 || o.Think.Mean > maxThink || o.Think.Spread < 0 || o.Think.Spread > o.Think.Mean {
			t.Errorf("%q: thinks %+v", args, o.Think)
		}
		if o.Timeout < time.Millisecond {
			t.Errorf("%q: times out after %v", args, o.Timeout)
		}
	})
}

// checkMix: the one parameter in each URL is its scenario's own.
func checkMix(t *testing.T, o *Options) {
	t.Helper()
	again, ok := parseShares(o.Mix.String())
	if !ok || len(again) != len(o.Mix) {
		t.Errorf("%s reads as %v", o.Mix, again)
	}
	for _, share := range o.Mix {
		if !(share.Weight > 0) {
			t.Errorf("%s has the weight %v", share.Scenario, share.Weight)
		}
		checkURL(t, share.Scenario, share.URL.String())
	}
}

func checkURL(t *testing.T, scenario Scenario, text string) {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatalf("%q is no URL: %v", text, err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		t.Errorf("URL is %q", text)
	}
	path, parameter := "/matrix", "size"
	switch scenario {
	case Matrix:
	case Stream:
		path, parameter = "/stream", "duration_ms"
	case GPU:
		path, parameter = "/gpu_job", "work_ms"
	default:
		t.Errorf("scenario is %q", scenario)
	}
	value, err := strconv.Atoi(u.Query().Get(parameter))
	if !strings.HasSuffix(u.Path, path) || len(u.Query()) != 1 || err != nil || value < 1 {
		t.Errorf("%s asks for %q", scenario, text)
	}
}
