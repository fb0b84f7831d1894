package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"k8s.io/client-go/kubernetes"
	metricsclient "k8s.io/metrics/pkg/client/clientset/versioned"

	"userscale.dev/userscale/pkg/explain"
	"userscale.dev/userscale/replay/internal/observe"
	"userscale.dev/userscale/replay/internal/options"
	"userscale.dev/userscale/replay/internal/policy"
)

// watchQPS is more than what is asked of the API server in a second, so that the client never waits on its own account.
const watchQPS = 50

// watchHPA records a run of a live HPA.
func watchHPA(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options.Watch
	if err := o.Parse(args); err != nil {
		return usage(err, stdout, stderr)
	}
	settings, err := policy.ReadSettings(o.Config)
	if err != nil {
		return usage(err, stdout, stderr)
	}
	cluster, namespace, err := clusterOf(&o)
	if err != nil {
		return usage(err, stdout, stderr)
	}
	file, err := create(o.Out)
	if err != nil {
		return usage(err, stdout, stderr)
	}
	ctx, cancel := context.WithTimeout(ctx, o.Length)
	defer cancel()
	r, err := observe.Run(ctx, cluster, observe.Config{Namespace: namespace, HPA: o.HPA, Settings: settings, Hold: o.Hold}, func(p observe.Progress) {
		fmt.Fprintf(stderr, "%s of %s: %d pods, %d passes, %d rescales\n", p.Elapsed.Round(time.Second), o.Length, p.Pods, p.Passes, p.Rescales)
	})
	if r == nil {
		_ = file.Close()     // nothing was written
		_ = os.Remove(o.Out) // empty
		return failed(errors.Join(errors.New("nothing recorded"), err), stderr)
	}
	if err := errors.Join(err, r.Write(file), file.Close()); err != nil {
		return failed(err, stderr)
	}
	fmt.Fprintf(stderr, "%s: %d events\n", o.Out, len(r.Events))
	return exitOK
}

// clusterOf returns what is watched and asked, and the namespace.
func clusterOf(o *options.Watch) (observe.Cluster, string, error) {
	config, namespace, err := connect(o.Kubeconfig, o.Namespace)
	if err != nil {
		return observe.Cluster{}, "", err
	}
	config.QPS, config.Burst = watchQPS, 2*watchQPS
	kube, err1 := kubernetes.NewForConfig(config)
	metrics, err2 := metricsclient.NewForConfig(config)
	if err := errors.Join(err1, err2); err != nil {
		return observe.Cluster{}, "", fmt.Errorf("client: %w", err)
	}
	return observe.Cluster{Kube: kube, Metrics: metrics, Explain: func(ctx context.Context) (explain.List, error) {
		return explain.Fetch(ctx, kube.Discovery().RESTClient(), namespace, o.HPA)
	}}, namespace, nil
}
