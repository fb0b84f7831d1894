package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	pconfig "github.com/prometheus/common/config"
	"k8s.io/client-go/kubernetes"

	"userscale.dev/userscale/replay/internal/options"
	"userscale.dev/userscale/replay/internal/record"
)

// recordTrace makes a trace of what a cluster or a Prometheus knows.
func recordTrace(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options.Record
	if err := o.Parse(args); err != nil {
		return usage(err, stdout, stderr)
	}
	take, err := source(&o, stderr)
	if err != nil {
		return usage(err, stdout, stderr)
	}
	file, err := create(o.Out)
	if err != nil {
		return usage(err, stdout, stderr)
	}
	result, err := take(ctx)
	if result.Trace == nil || len(result.Trace.Values) < 2 {
		_ = os.Remove(o.Out) // empty
		return failed(errors.Join(err, errors.New("nothing recorded: a trace has at least two values")), stderr)
	}
	err = errors.Join(err, result.Trace.Write(file), file.Close())
	fmt.Fprintf(stderr, "%s: %d values, one each %s", o.Out, len(result.Trace.Values), result.Trace.Step)
	if result.Held > 0 {
		fmt.Fprintf(stderr, "; %d of them stand in for missing ones", result.Held)
	}
	fmt.Fprintln(stderr)
	if err != nil {
		return failed(err, stderr)
	}
	return exitOK
}

// source returns what records from where the options say. What is wrong with the files that they name is known at once.
func source(o *options.Record, stderr io.Writer) (func(context.Context) (record.Result, error), error) {
	if o.Prometheus != "" {
		return past(o)
	}
	pods, err := podsOf(o)
	if err != nil {
		return nil, err
	}
	shown := time.Time{}
	return func(ctx context.Context) (record.Result, error) {
		return record.Poll(ctx, o.Config, pods, func(n int, value float64) {
			if time.Since(shown) > 10*time.Second {
				shown = time.Now()
				fmt.Fprintf(stderr, "%s of %s: %g\n", time.Duration(n)*o.Config.Step, o.Config.Length, value)
			}
		})
	}, nil
}

// past asks a Prometheus, with credentials as Prometheus' own tools take them.
func past(o *options.Record) (func(context.Context) (record.Result, error), error) {
	settings := &pconfig.HTTPClientConfig{}
	if o.HTTPConfig != "" {
		var err error
		if settings, _, err = pconfig.LoadHTTPConfigFile(o.HTTPConfig); err != nil {
			return nil, fmt.Errorf("--http-config %s: %w", o.HTTPConfig, err)
		}
	}
	transport, err := pconfig.NewRoundTripperFromConfig(*settings, "replay record")
	if err != nil {
		return nil, fmt.Errorf("--http-config %s: %w", o.HTTPConfig, err)
	}
	prometheus := record.Prometheus{URL: o.Prometheus, Transport: transport, Query: o.Query}
	return func(ctx context.Context) (record.Result, error) {
		return prometheus.Range(ctx, o.Config, o.Until.Add(-o.Config.Length))
	}, nil
}

// podsOf asks a cluster, as kubectl would.
func podsOf(o *options.Record) (record.Pods, error) {
	config, namespace, err := connect(o.Kubeconfig, o.Namespace)
	if err != nil {
		return record.Pods{}, err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return record.Pods{}, fmt.Errorf("client: %w", err)
	}
	return record.Pods{Client: client.Discovery().RESTClient(), Namespace: namespace, Metric: o.Metric, Selector: o.Selector}, nil
}
