package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"userscale.dev/userscale/replay/internal/simulate"
	"userscale.dev/userscale/trace"
)

// peak is what each load's highest value is scaled to: ten pods at the shipped target of 10 users.
const peak = 100

// load is what all policies meet.
type load struct {
	name     string
	users    []float64 // of each second
	recorded bool      // noise is in it; else each second's users are drawn from a Poisson distribution about it
	trace    bool      // of a file, and not made here
}

// loads are those of the folder of traces, and the shapes.
func (o settings) loads() ([]load, error) {
	paths, err := filepath.Glob(filepath.Join(o.traces, "*.csv"))
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		fmt.Fprintf(os.Stderr, "replay-bench: no traces in %s (--traces names another folder): shapes only\n", o.traces)
	}
	var all []load
	for _, path := range paths {
		l, err := read(path)
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	all = append(all, shapes()...)
	for i := range all {
		all[i].users = busiest(scaled(all[i].users), int(o.longest/time.Second))
	}
	return all, nil
}

// read reads a trace. Means over more than a second have lost their noise; counts per second are as noisy as they were.
func read(path string) (load, error) {
	t, err := trace.ReadFile(path)
	if err != nil {
		return load{}, err
	}
	l := load{name: filepath.Base(path), recorded: t.Step <= time.Second, trace: true}
	for at := time.Duration(0); at < t.Length(); at += time.Second {
		l.users = append(l.users, t.At(at))
	}
	return l, nil
}

// scaled makes the highest value the peak.
func scaled(users []float64) []float64 {
	highest := 1e-9 // where nobody comes at all, nobody does
	for _, u := range users {
		highest = max(highest, u)
	}
	out := make([]float64, len(users))
	for i, u := range users {
		out[i] = u * peak / highest
	}
	return out
}

// world is the cluster that the policies meet the load on.
func (l load) world(podStart time.Duration) simulate.Config {
	world := simulate.Defaults()
	world.Trace, world.Users, world.Poisson, world.Seed = l.name, l.users, !l.recorded, 1
	world.Scrapes.Loss = 0.01
	world.Pods.Start = podStart
	world.Pods.UserCPU = 12 // of 200 millicores: 60 % is 10 users, as the other targets
	return world
}

// noise is what makes its seconds differ.
func (l load) noise() string {
	if l.recorded {
		return "as recorded"
	}
	return "Poisson"
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
