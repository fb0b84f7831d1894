package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"userscale.dev/userscale/test/cluster"
	"userscale.dev/userscale/test/observe"
	"userscale.dev/userscale/test/summary"
)

// Names in manifests/.
const (
	namespace = "userscale"
	workload  = "workload"
	adapter   = "userscale-adapter"
)

type options struct{ overlay, loadgen, out string }

func run(ctx context.Context, o options) error {
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return fmt.Errorf("make the folder for results: %w", err)
	}
	c, err := cluster.Connect()
	if err != nil {
		return err
	}
	if err := deploy(ctx, c, o.overlay); err != nil {
		return err
	}
	s, err := readSettings(ctx, c, o.out)
	if err != nil {
		return err
	}
	target, err := c.ServiceURL(ctx, namespace, workload)
	if err != nil {
		return err
	}

	began := time.Now()
	timeline := newTimeline(began)
	recorder := observe.NewRecorder(c, namespace, workload, timeline.print)
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { recorder.Run(ctx); close(done) }()
	defer func() { stop(); <-done }()
	stage := &stage{options: o, target: target, recorder: recorder, timeline: timeline, running: map[string]runningLoad{}}
	checks, err := stage.play(ctx, staircase(s))
	if err != nil {
		return err
	}
	observations, _ := recorder.Observations()
	warnings := recorder.Warnings()
	return report(o.out, &recording{
		began: began, settings: s, observations: observations, rescales: recorder.RescalesSince(began), warnings: warnings,
		marks: stage.marks, loads: stage.loads, checks: append(checks, noFailedGet(warnings)),
	})
}

// deploy applies the overlay and waits until everything runs and the HPA reads each of its metrics.
func deploy(ctx context.Context, c *cluster.Cluster, overlay string) error {
	fmt.Printf("deploying %s\n", overlay)
	if _, err := c.Kubectl(ctx, "apply", "-k", overlay); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	began := time.Now()
	if err := c.WaitAllRolledOut(ctx, namespace); err != nil {
		return err
	}
	fmt.Printf("  everything runs (%.0f s)\n", time.Since(began).Seconds())
	if err := observe.WaitReading(ctx, c, namespace, workload); err != nil {
		return err
	}
	fmt.Printf("  the HPA reads all of its metrics (%.0f s)\n", time.Since(began).Seconds())
	return nil
}

// noFailedGet checks that the HPA could read every metric throughout.
func noFailedGet(warnings []observe.Warning) summary.Check {
	c := summary.Check{Name: "no warning event on the HPA while the load played", Want: "0", Got: fmt.Sprintf("%d", len(warnings)), Unit: "events", OK: len(warnings) == 0}
	if len(warnings) > 0 {
		c.Got += ": " + warnings[0].Reason + ": " + warnings[0].Message
	}
	return c
}

func report(out string, r *recording) error {
	if err := writeCSV(out, r.began, r.observations, r.marks); err != nil {
		return err
	}
	if err := r.writePicture(out); err != nil {
		return err
	}
	result := summary.Of(r.checks)
	if err := result.Write(out); err != nil {
		return err
	}
	fmt.Printf("\nThe whole run, in %.0f s:\n", time.Since(r.began).Seconds())
	summary.Print(os.Stdout, r.checks)
	fmt.Printf("\nResults: %[1]s/summary.json, %[1]s/timeline.csv, %[1]s/timeline.html (and its data, timeline.json)\n", out)
	if !result.OK {
		return summary.ErrExpectation
	}
	return nil
}
