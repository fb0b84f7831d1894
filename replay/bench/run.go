package main

import (
	"context"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/replay/internal/batch"
	"userscale.dev/userscale/replay/internal/compare"
	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/simulate"
	"userscale.dev/userscale/trace"
)

type settings struct {
	traces, out, document string
	seeds                 int
	longest               time.Duration
}

// The policies, in the order of the tables.
var (
	//go:embed policies
	files embed.FS
	names = []string{"cpu", "raw", "symmetric-10s", "symmetric-30s", "asymmetric", "fall-only-60s", "all"}
)

// peak is what each trace's highest value is scaled to: ten pods at the shipped target of 10 users.
const peak = 100

// podStarts are the times that pods take to start.
func podStarts() []time.Duration {
	return []time.Duration{20 * time.Second, time.Minute, 2 * time.Minute}
}

// cell is one comparison: on one trace, with one time to start a pod.
type cell struct {
	Trace    string        `json:"trace"`
	Hours    float64       `json:"hours"`
	Noise    string        `json:"noise"`
	PodStart float64       `json:"pod_start_s"`
	Rows     []compare.Row `json:"rows"`
}

func (o settings) run(ctx context.Context, t *testing.T) error {
	paths, err := filepath.Glob(filepath.Join(o.traces, "*.csv"))
	if err != nil || len(paths) == 0 {
		fmt.Fprintf(os.Stderr, "SKIPPED: replay-bench: no traces in %s (--traces names another folder)\n", o.traces)
		return err
	}
	entries, err := policies()
	if err != nil {
		return err
	}
	var cells []cell
	for _, path := range paths {
		world, noise, err := o.world(path)
		if err != nil {
			return err
		}
		for _, start := range podStarts() {
			world.Pods.Start = start
			c := cell{filepath.Base(path), float64(len(world.Users)) / 3600, noise, start.Seconds(), nil}
			began := time.Now()
			options := compare.Options{World: world, Seeds: o.seeds, Controls: true}
			if c.Rows, err = compare.Run(ctx, &batch.Runner{T: t}, options, entries); err != nil {
				return err
			}
			cells = append(cells, c)
			if err := o.write(cells); err != nil { // so that what is done is kept, whatever comes
				return err
			}
			fmt.Fprintf(os.Stderr, "%s, pods start in %s: %d of %d, %s\n", c.Trace, start, len(cells), len(paths)*len(podStarts()),
				time.Since(began).Round(time.Second))
		}
	}
	return nil
}

// world is the cluster that all policies meet on a trace. Means over a minute have lost their noise, so each second's users are drawn
// about them; counts per second are as noisy as they were.
func (o settings) world(path string) (simulate.Config, string, error) {
	world := simulate.Defaults()
	t, err := trace.ReadFile(path)
	if err != nil {
		return world, "", err
	}
	highest := 0.0
	for _, v := range t.Values {
		highest = max(highest, v)
	}
	for at := time.Duration(0); at < t.Length(); at += time.Second {
		world.Users = append(world.Users, t.At(at)*peak/max(1e-9, highest))
	}
	world.Users = busiest(world.Users, int(o.longest/time.Second))
	world.Trace, world.Seed = filepath.Base(path), 1
	world.Scrapes.Loss = 0.01
	world.Pods.UserCPU = 12 // of 200 millicores: 60 % is 10 users, as the other targets
	noise := "as recorded"
	if t.Step > time.Second {
		world.Poisson, noise = true, "Poisson"
	}
	return world, noise, nil
}

// busiest returns the stretch of so many seconds with the most users in it, the first of several; all if there are no more.
func busiest(users []float64, seconds int) []float64 {
	best, from, sum, most := 0, 0, 0.0, 0.0
	for i, u := range users {
		sum += u
		if i >= seconds {
			sum -= users[i-seconds]
			from = i - seconds + 1
		}
		if sum > most*(1+1e-12) {
			best, most = from, sum
		}
	}
	return users[best:min(len(users), best+seconds)]
}

// policies reads the embedded files.
func policies() ([]compare.Entry, error) {
	folder, err := os.MkdirTemp("", "replay-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a copy of one small file
	adapter := filepath.Join(folder, "adapter.yaml")
	text, err := files.ReadFile("policies/adapter.yaml")
	if err == nil {
		err = os.WriteFile(adapter, text, 0o600)
	}
	if err != nil {
		return nil, err
	}
	loaded, err := config.Load(adapter, func(string) string { return "" })
	if err != nil {
		return nil, err
	}
	var entries []compare.Entry
	for _, name := range names {
		text, err := files.ReadFile("policies/" + name + ".yaml")
		if err != nil {
			return nil, err
		}
		hpa, err := policy.ReadHPA(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		p, err := policy.New(hpa, loaded)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		entries = append(entries, compare.Entry{Name: strings.ReplaceAll(name, "-", " "), Policy: p})
	}
	return entries, nil
}
