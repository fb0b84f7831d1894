// Command replay-speed measures how long the replay takes for a day and how much memory, as its users run it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"userscale.dev/userscale/test/summary"
	"userscale.dev/userscale/trace"
)

const usage = `Usage: replay-speed [flags]

Replays a day that swings between a tenth and all of what 20 and 200 pods are for, with the shipped policy, and writes summary.json to
the folder --out. Figures need a machine that has nothing else to do.

Exit codes: 0 every expectation was met, 1 one was not, 2 the check could not be run.

Flags:
`

// Of a day, whatever the pods.
const mostMemory = 500 << 20

// day is what a replay of a day may take.
type day struct {
	pods int
	most time.Duration
}

func main() {
	replay := flag.String("replay", "bin/replay", "the replay's binary")
	hpa := flag.String("hpa", "manifests/base/workload/hpa.yaml", "the shipped HPA")
	out := flag.String("out", "out/replay-speed", "folder for the results")
	flag.Usage = func() { fmt.Fprint(os.Stderr, usage); flag.PrintDefaults() }
	flag.Parse()
	summary.Exit("replay-speed", run(*replay, *hpa, *out))
}

func run(replay, hpa, out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	var checks []summary.Check
	for _, d := range []day{{20, 3 * time.Second}, {200, 30 * time.Second}} {
		c, err := measure(replay, hpa, out, d)
		if err != nil {
			return err
		}
		checks = append(checks, c...)
	}
	s := summary.Of(checks)
	summary.Print(os.Stdout, checks)
	if err := s.Write(out); err != nil {
		return err
	}
	if !s.OK {
		return summary.ErrExpectation
	}
	return nil
}

// measure replays a day.
func measure(replay, hpa, out string, d day) ([]summary.Check, error) {
	load, policy := filepath.Join(out, fmt.Sprintf("day-%d.csv", d.pods)), filepath.Join(out, fmt.Sprintf("hpa-%d.yaml", d.pods))
	if err := writeDay(load, d.pods); err != nil {
		return nil, err
	}
	if err := writePolicy(policy, hpa, d.pods); err != nil {
		return nil, err
	}
	command := exec.CommandContext(context.Background(), replay, "--trace", load, "--hpa", policy, "--noise", "poisson", "--scrape-loss", "1%")
	command.Stderr = os.Stderr
	began := time.Now()
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w", command, err)
	}
	took := time.Since(began)
	used, ok := command.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return nil, errors.New("this system does not say what a process used")
	}
	memory := used.Maxrss << 10 // kilobytes on Linux
	name := fmt.Sprintf("24 h at up to %d pods, ", d.pods)
	return []summary.Check{
		{Name: name + "time", Want: fmt.Sprintf("at most %.0f", d.most.Seconds()), Got: fmt.Sprintf("%.1f", took.Seconds()), Unit: "s", OK: took <= d.most},
		{Name: name + "memory", Want: fmt.Sprintf("at most %d", mostMemory>>20), Got: fmt.Sprintf("%d", memory>>20), Unit: "MiB", OK: memory <= mostMemory},
	}, nil
}

// writeDay writes a load that swings three times.
func writeDay(path string, pods int) error {
	day := &trace.Trace{Step: time.Minute}
	for i := range 24 * 60 {
		swing := 0.55 + 0.45*math.Sin(2*math.Pi*3*float64(i)/(24*60))
		day.Values = append(day.Values, math.Round(float64(pods)*9.8*swing)) // 10 users per pod are the target
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(day.Write(file), file.Close())
}

// writePolicy writes the shipped HPA for more pods, with steps that are as many times as large.
func writePolicy(path, hpa string, pods int) error {
	text, err := os.ReadFile(hpa)
	if err != nil {
		return err
	}
	more := strings.NewReplacer("maxReplicas: 10", fmt.Sprintf("maxReplicas: %d", pods),
		"value: 2\n", fmt.Sprintf("value: %d\n", 2*pods/10), "value: 1\n", fmt.Sprintf("value: %d\n", pods/10)).Replace(string(text))
	if !strings.Contains(more, fmt.Sprintf("maxReplicas: %d", pods)) {
		return fmt.Errorf("%s does not say maxReplicas: 10", hpa)
	}
	return os.WriteFile(path, []byte(more), 0o644)
}
