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
		checkURL(t, o)
		if o.Concurrency < 1 || o.Concurrency > maxConcurrency || !(o.Rate >= 0 && o.Rate <= maxRate) {
			t.Errorf("%q: %d users, %v arrivals per second", args, o.Concurrency, o.Rate)
		}
		if o.Duration < time.Millisecond || o.Duration > maxDuration || o.Ramp < 0 || o.Ramp > o.Duration || o.Ramp > 0 && o.Rate > 0 {
			t.Errorf("%q: ramp of %v in %v at the rate %v", args, o.Ramp, o.Duration, o.Rate)
		}
		if o.Timeout < time.Millisecond {
			t.Errorf("%q: times out after %v", args, o.Timeout)
		}
	})
}

// checkURL: the one parameter in the URL is the scenario's own.
func checkURL(t *testing.T, o *Options) {
	t.Helper()
	u, err := url.Parse(o.URL)
	if err != nil {
		t.Fatalf("%q is no URL: %v", o.URL, err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		t.Errorf("URL is %q", o.URL)
	}
	path, parameter := "/matrix", "size"
	switch o.Scenario {
	case Matrix:
	case Stream:
		path, parameter = "/stream", "duration_ms"
	case GPU:
		path, parameter = "/gpu_job", "work_ms"
	default:
		t.Errorf("scenario is %q", o.Scenario)
	}
	value, err := strconv.Atoi(u.Query().Get(parameter))
	if !strings.HasSuffix(u.Path, path) || len(u.Query()) != 1 || err != nil || value < 1 {
		t.Errorf("%s asks for %q", o.Scenario, o.URL)
	}
}

// FuzzParseDuration: what is read is what is written, in either form.
func FuzzParseDuration(f *testing.F) {
	for _, seed := range []string{"60", "1m30s", "NaN", "1e18", "-0", "0x1p-2", "9223372036.9", "-2562047h47m16.854775808s"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parseDuration(text)
		if err != nil {
			if d != 0 || err.Error() == "" {
				t.Errorf("%q: got %v with the error %q", text, d, err)
			}
			return
		}
		again, err := parseDuration(d.String())
		if err != nil || again != d {
			t.Errorf("%q: read as %s, which reads as %s, %v", text, d, again, err)
		}
	})
}
