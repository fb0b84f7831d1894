package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"userscale.dev/userscale/test/summary"
)

// What may be more than before, once all clients are gone. A leak by one client in a thousand is far above it.
const (
	goroutineSlack = 5
	fileSlack      = 3
	heapSlack      = 8 << 20 // bytes: what is measured includes up to a collection's worth of garbage
)

// memoryLimit is the container's in manifests/base/workload.
const memoryLimit = 256 << 20

// progress is how often a line of it is printed.
const progress = 10 * time.Second

var panicked = regexp.MustCompile(`(?m)^panic: |http: panic serving`)

// rampUp is how long it takes until all clients are there.
const rampUp = 3 * time.Second

// maxVisits bounds a soak in count.
const maxVisits = 5_000_000

func run(ctx context.Context, o options) error {
	if err := o.validate(); err != nil {
		return err
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return fmt.Errorf("making the folder for the results: %w", err)
	}
	w, err := start(ctx, o.workload, o.out)
	if err != nil {
		return err
	}
	checks, err := soak(ctx, w, o)
	if err != nil {
		return errors.Join(err, w.end(os.Kill))
	}
	log, err := os.ReadFile(w.log)
	if err != nil {
		return fmt.Errorf("reading the workload's log: %w", err)
	}
	panics := len(panicked.FindAll(log, -1))
	checks = append(checks, check("panics in the workload's log", "0", panics, "", panics == 0))
	fmt.Println()
	summary.Print(os.Stdout, checks)
	result := summary.Of(checks)
	if err := result.Write(o.out); err != nil {
		return err
	}
	if !result.OK {
		return summary.ErrExpectation
	}
	return nil
}

// soak compares what the workload has after all clients with what it had before, and ends it while they all stream. Before, as to the heap,
// is after a warm-up, which fills its pools and histograms.
func soak(ctx context.Context, w *workload, o options) ([]summary.Check, error) {
	before, err := w.read(ctx)
	if err != nil {
		return nil, err
	}
	fmt.Printf("warming up with %d clients\n", o.clients)
	if _, err := besiege(ctx, w, o.clients, o.duration/10+2*time.Second); err != nil {
		return nil, err
	}
	before.Memory.Heap = math.MaxInt64
	warm, err := settle(ctx, w, before)
	if err != nil {
		return nil, err
	}
	before.Memory.Heap = warm.Memory.Heap
	fmt.Printf("%d clients for %v\n", o.clients, o.duration)
	t, err := besiege(ctx, w, o.clients, o.duration)
	if err != nil {
		return nil, err
	}
	after, err := settle(ctx, w, before)
	if err != nil {
		return nil, err
	}
	peak, err := w.peak()
	if err != nil {
		return nil, err
	}
	checks := append(t.checks(o.clients, before),
		check("goroutines afterwards", fmt.Sprintf("at most %d", before.Goroutines+goroutineSlack), after.Goroutines, "",
			after.Goroutines <= before.Goroutines+goroutineSlack),
		check("open files afterwards", fmt.Sprintf("at most %d", before.files+fileSlack), after.files, "", after.files <= before.files+fileSlack),
		check("heap afterwards", fmt.Sprintf("at most %.1f", mib(before.Memory.Heap+heapSlack)), fmt.Sprintf("%.1f", mib(after.Memory.Heap)), "MiB",
			after.Memory.Heap <= before.Memory.Heap+heapSlack),
		check("active users and requests in flight afterwards", "0", after.ActiveUsers+after.RequestsInFlight, "",
			after.ActiveUsers+after.RequestsInFlight == 0),
		check("most physical memory", fmt.Sprintf("at most %.0f", mib(memoryLimit)), fmt.Sprintf("%.0f", mib(peak)), "MiB", peak <= memoryLimit),
	)
	if !summary.Of(checks).OK {
		w.dump()
		fmt.Printf("the stacks of all goroutines are in %s\n", w.log)
		return checks, nil
	}
	drained, err := drain(ctx, w, o.clients)
	return append(checks, drained...), err
}

// tally is what a siege came to.
type tally struct {
	visits, failures, late atomic.Int64
	mostFiles              int // that the workload had open at a time
}

// fail counts a visit on which the workload did not behave, and says how for the first of them.
func (t *tally) fail(behaviour string, err error) {
	if errors.Is(err, errLate) {
		t.late.Add(1)
		return
	}
	if t.failures.Add(1) <= 20 {
		fmt.Printf("  wrong: %s: %v\n", behaviour, err)
	}
}

func (t *tally) checks(clients int, before reading) []summary.Check {
	connected := t.mostFiles - before.files
	return []summary.Check{
		check("clients connected at a time", fmt.Sprintf("at least %d", clients*98/100), connected, "", connected >= clients*98/100),
		check("visits", "at least one per client", t.visits.Load(), "", t.visits.Load() >= int64(clients)),
		check("of these, cut because this machine is busy", fmt.Sprintf("at most %d", t.visits.Load()/10), t.late.Load(), "",
			t.late.Load() <= t.visits.Load()/10),
		check("visits on which the workload did not behave", "0", t.failures.Load(), "", t.failures.Load() == 0),
	}
}

// besiege has as many clients visit one after the other, all at the same time, and returns when they are gone.
func besiege(ctx context.Context, w *workload, clients int, duration time.Duration) (*tally, error) {
	began, end, parent := time.Now(), time.After(duration), ctx
	ctx, cancel := context.WithCancel(ctx)
	t := new(tally)
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(i), uint64(duration)))
			time.Sleep(rampUp * time.Duration(i) / time.Duration(clients))
			for ctx.Err() == nil && t.visits.Add(1) <= maxVisits {
				b := draw(random)
				if err := visit(ctx, w.address, i, random, b.act); err != nil && ctx.Err() == nil {
					t.fail(b.name, err)
				}
			}
		})
	}
	defer wg.Wait()
	defer cancel()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for next := began.Add(progress); ; {
		select {
		case <-parent.Done():
			return nil, parent.Err()
		case <-end:
			return t, nil
		case <-tick.C:
		}
		r, err := w.read(parent)
		if err != nil { // this machine is busy, too; whether the workload is there, the visits tell
			fmt.Println("  ", err)
			continue
		}
		t.mostFiles = max(t.mostFiles, r.files)
		if time.Now().After(next) {
			next = next.Add(progress)
			fmt.Printf("%6v: %7d visits, %d wrong; %5d open files, %5d goroutines, %4d requests in flight, %4d users, %5.1f MiB resident\n",
				time.Since(began).Round(time.Second), t.visits.Load(), t.failures.Load(), r.files, r.Goroutines, r.RequestsInFlight, r.ActiveUsers, mib(r.Memory.Resident))
		}
	}
}

// settle waits until the workload has no more than before, apart from the slack, or half a minute, and returns what it has then. The heap is the
// least of many readings. Each comes after a product, whose memory is garbage at once: an idle process would keep the clients' garbage for
// minutes.
func settle(ctx context.Context, w *workload, before reading) (reading, error) {
	for deadline := time.Now().Add(30 * time.Second); ; {
		time.Sleep(window)
		least := uint64(math.MaxInt64)
		var r reading
		for range 300 {
			if err := w.multiply(ctx); err != nil {
				return reading{}, err
			}
			var err error
			if r, err = w.read(ctx); err != nil {
				return reading{}, err
			}
			least = min(least, r.Memory.Heap)
		}
		r.Memory.Heap = least
		settled := r.Goroutines <= before.Goroutines+goroutineSlack && r.files <= before.files+fileSlack &&
			r.Memory.Heap <= before.Memory.Heap+heapSlack && r.ActiveUsers == 0
		if settled || time.Now().After(deadline) {
			return r, nil
		}
	}
}

// drain has all clients stream, ends the workload in the middle, and counts those who were served to the end.
func drain(ctx context.Context, w *workload, clients int) ([]summary.Check, error) {
	fmt.Printf("ending it while %d clients stream\n", clients)
	var complete atomic.Int64
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(i), 0))
			err := visit(ctx, w.address, i, random, func(v *visitor) error {
				v.ask("/stream?duration_ms=8000", v.key())
				body, err := v.answer(200)
				if err == nil && strings.HasSuffix(body, `"done":true}`+"\n") {
					complete.Add(1)
				}
				return err
			})
			if err != nil && i == 0 {
				fmt.Println("  the first client:", err)
			}
		})
	}
	for deadline := time.Now().Add(time.Minute); ; {
		r, err := w.read(ctx)
		if err != nil {
			return nil, err
		}
		if r.RequestsInFlight == clients || time.Now().After(deadline) {
			break
		}
	}
	err := w.end(syscall.SIGTERM)
	wg.Wait()
	return []summary.Check{
		check("streams that were open at SIGTERM and came to their end", fmt.Sprint(clients), complete.Load(), "", complete.Load() == int64(clients)),
		check("exit after SIGTERM", "0", map[bool]string{true: "0", false: fmt.Sprint(err)}[err == nil], "", err == nil),
	}, nil
}

func check(name, want string, got any, unit string, ok bool) summary.Check {
	return summary.Check{Name: name, Want: want, Got: fmt.Sprint(got), Unit: unit, OK: ok}
}

func mib(bytes uint64) float64 { return float64(bytes) / (1 << 20) }
