// Package examples runs the applications of examples/ and reads their active users as the adapter does. Run it by test/examples.sh,
// which installs what they need.
package examples

import (
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"userscale.dev/userscale/pkg/scrape/pods"
)

const (
	root = "../../examples"
	// python is Debian's, which has Debian's packages.
	python      = "/usr/bin/python3"
	text        = "text/plain"
	openMetrics = "application/openmetrics-text"
)

func TestExamples(t *testing.T) {
	openMetricsOfNode, err := filepath.Abs("testdata/openmetrics.cjs")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		dir     string
		command []string
		answers string   // its media type where none is asked for
		accepts []string // further ones that it can be asked for
	}{
		{"Go", "../..", []string{"bin/example-go"}, "application/json", []string{text}},
		{"Node", root + "/node", []string{"node", "app.js"}, text, nil},
		{"NodeOpenMetrics", root + "/node", []string{"node", "--require", openMetricsOfNode, "app.js"}, openMetrics, nil},
		{"Python", root + "/python", []string{python, "app.py"}, text, []string{text, openMetrics}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := start(t, tt.dir, tt.command...)
			if answer, err := get(t.Context(), a.url); err != nil || answer.body != "hello\n" {
				t.Errorf("answer %+v, %v, want hello", answer, err)
			}
			wantUsers(t, a.url, 0)
			const users = 7
			letGo := a.hold(t, users)
			defer letGo()
			wantUsers(t, a.url, users)
			wantIntegral(t, a, users)
			wantType(t, a.url, tt.answers)
			for _, accept := range tt.accepts {
				asked := negotiate(t, a.url, accept)
				wantType(t, asked, accept)
				wantUsers(t, asked, users)
			}
		})
	}
}

func wantType(t *testing.T, url, want string) {
	t.Helper()
	if answer, err := get(t.Context(), url+"/metrics"); err != nil || answer.mediaType != want {
		t.Errorf("metrics are %q, %v, want %s", answer.mediaType, err, want)
	}
}

// wantUsers scrapes the gauge alone, and then its integral, whose rate is the exact average.
func wantUsers(t *testing.T, url string, users float64) {
	t.Helper()
	config := pods.Config{Metric: "users", Field: "active_users", Series: "active_users", MaxAge: time.Minute, Timeout: time.Second}
	untilScraped(t, source(t, config, url), "the gauge", func(v float64) bool { return v == users })
	config.Counter, config.CounterSeries = "active_user_seconds_total", "active_user_seconds_total"
	untilScraped(t, source(t, config, url), "the rate", func(v float64) bool {
		isGauge := v == users && users != 0 // a rate is off by its time's fractions
		return !isGauge && math.Abs(v-users) <= 0.05*users
	})
}

func source(t *testing.T, c pods.Config, url string) *pods.Source {
	t.Helper()
	s, err := pods.New(c, podAt(t, url))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var integral = regexp.MustCompile(`active_user_seconds_total"?[ :]([0-9.e+]+)`)

// reading is the integral, with the times between which it was read.
type reading struct {
	userSeconds   float64
	before, after time.Time
}

func (a *app) read(t *testing.T) reading {
	t.Helper()
	r := reading{before: time.Now()}
	answer, err := get(t.Context(), a.url+"/metrics")
	r.after = time.Now()
	if err != nil {
		t.Fatal(err)
	}
	match := integral.FindStringSubmatch(answer.body)
	if match == nil {
		t.Fatalf("no active_user_seconds_total in %s", answer.body)
	}
	if r.userSeconds, err = strconv.ParseFloat(match[1], 64); err != nil {
		t.Fatal(err)
	}
	return r
}

// wantIntegral wants the integral to grow by the users times the time between two readings, each of which was at some moment between
// its request and its answer.
func wantIntegral(t *testing.T, a *app, users float64) {
	t.Helper()
	const clocks = 1e-3 // by which two clocks of one machine may differ, as a share
	first := a.read(t)
	second := a.read(t)
	for second.before.Sub(first.after) < time.Second {
		time.Sleep(10 * time.Millisecond)
		second = a.read(t)
	}
	grown := second.userSeconds - first.userSeconds
	least := users * second.before.Sub(first.after).Seconds() * (1 - clocks)
	most := users * second.after.Sub(first.before).Seconds() * (1 + clocks)
	t.Logf("grew by %v user-seconds, between %v and %v", grown, least, most)
	if grown < least || grown > most {
		t.Errorf("grew by %v user-seconds, want between %v and %v", grown, least, most)
	}
}
