package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// peer is another load generator: a closed loop of so many connections.
type peer struct {
	name  string
	args  func(users int, length time.Duration) []string
	count *regexp.Regexp    // finds how many requests it made
	parts [3]*regexp.Regexp // find p50, p95 and p99
	unit  float64           // of those, in seconds
}

// measured is what a peer says of a run.
type measured struct {
	requests int64
	latency  latency
	cpu      time.Duration
}

// peers are those that are installed. dir is for what they need.
func peers(dir string) ([]peer, error) {
	script := filepath.Join(dir, "wrk.lua")
	if err := os.WriteFile(script, []byte(wrkScript), 0o644); err != nil {
		return nil, fmt.Errorf("write wrk's script: %w", err)
	}
	var found []peer
	for _, p := range []peer{wrk(script), hey()} {
		if _, err := exec.LookPath(p.name); err == nil {
			found = append(found, p)
		}
	}
	return found, nil
}

// wrkScript has wrk print what it does not by itself.
const wrkScript = `done = function(summary, latency, requests)
  print("COUNT " .. summary.requests)
  for _, p in ipairs({50, 95, 99}) do print("P" .. p .. " " .. latency:percentile(p)) end
end
`

func wrk(script string) peer {
	return peer{
		name: "wrk",
		args: func(users int, length time.Duration) []string {
			return []string{"-t", "1", "-c", strconv.Itoa(users), "-d", fmt.Sprintf("%.0fs", length.Seconds()), "-s", script}
		},
		count: regexp.MustCompile(`COUNT (\d+)`),
		parts: [3]*regexp.Regexp{regexp.MustCompile(`P50 ([\d.]+)`), regexp.MustCompile(`P95 ([\d.]+)`), regexp.MustCompile(`P99 ([\d.]+)`)},
		unit:  1e-6,
	}
}

func hey() peer {
	return peer{
		name: "hey",
		args: func(users int, length time.Duration) []string {
			return []string{"-c", strconv.Itoa(users), "-z", length.String()}
		},
		count: regexp.MustCompile(`\[200\]\s+(\d+) responses`),
		parts: [3]*regexp.Regexp{regexp.MustCompile(`50%+ in ([\d.]+) secs`), regexp.MustCompile(`95%+ in ([\d.]+) secs`), regexp.MustCompile(`99%+ in ([\d.]+) secs`)},
		unit:  1,
	}
}

// measure runs it to its end.
func (p peer) measure(ctx context.Context, url string, users int, length time.Duration) (measured, error) {
	command := exec.CommandContext(ctx, p.name, append(p.args(users, length), url)...)
	text, err := command.CombinedOutput()
	if err != nil {
		return measured{}, fmt.Errorf("%s: %w: %s", p.name, err, text)
	}
	m, err := p.understand(text)
	if err != nil {
		return measured{}, fmt.Errorf("%s: %w", p.name, err)
	}
	m.cpu = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	return m, nil
}

// understand reads what it printed.
func (p peer) understand(text []byte) (measured, error) {
	var m measured
	count, err := find(p.count, text)
	m.requests = int64(count)
	for i, to := range []*float64{&m.latency.P50, &m.latency.P95, &m.latency.P99} {
		if err == nil {
			*to, err = find(p.parts[i], text)
			*to *= p.unit
		}
	}
	return m, err
}

func find(what *regexp.Regexp, text []byte) (float64, error) {
	match := what.FindSubmatch(text)
	if match == nil {
		return 0, fmt.Errorf("no %s in %q", what, text)
	}
	return strconv.ParseFloat(string(match[1]), 64)
}
