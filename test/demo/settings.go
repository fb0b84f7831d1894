package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/test/cluster"
	"userscale.dev/userscale/test/observe"
)

// settings are what the deployed objects say; the demo's load follows from them.
type settings struct {
	min, max     int32
	usersTarget  float64 // users per pod
	stepUp       int32   // pods per 15 s
	stepDown     int32
	riseHalfLife time.Duration
}

// readSettings takes the numbers from the cluster rather than from the manifests, so that the demo judges what is deployed.
func readSettings(ctx context.Context, c *cluster.Cluster, dir string) (settings, error) {
	var s settings
	hpa, err := c.Client.AutoscalingV2().HorizontalPodAutoscalers(namespace).Get(ctx, workload, metav1.GetOptions{})
	if err != nil {
		return s, fmt.Errorf("get the HPA: %w", err)
	}
	s.min, s.max = *hpa.Spec.MinReplicas, hpa.Spec.MaxReplicas
	for _, m := range hpa.Spec.Metrics {
		if m.Pods != nil && m.Pods.Metric.Name == observe.Users {
			s.usersTarget = m.Pods.Target.AverageValue.AsApproximateFloat64()
		}
	}
	if s.usersTarget == 0 {
		return s, fmt.Errorf("the HPA %s/%s has no metric %s", namespace, workload, observe.Users)
	}
	s.stepUp = hpa.Spec.Behavior.ScaleUp.Policies[0].Value
	s.stepDown = hpa.Spec.Behavior.ScaleDown.Policies[0].Value
	s.riseHalfLife, err = readRiseHalfLife(ctx, c, dir)
	return s, err
}

// readRiseHalfLife loads the adapter's configuration as the adapter does: its file from the volume of its Deployment, with the
// overrides of userscale-config.
func readRiseHalfLife(ctx context.Context, c *cluster.Cluster, dir string) (time.Duration, error) {
	d, err := c.Client.AppsV1().Deployments(namespace).Get(ctx, adapter, metav1.GetOptions{})
	if err != nil {
		return 0, fmt.Errorf("get the adapter's deployment: %w", err)
	}
	container := d.Spec.Template.Spec.Containers[0]
	environment := map[string]string{}
	for _, e := range container.Env {
		if e.ValueFrom == nil || e.ValueFrom.ConfigMapKeyRef == nil {
			continue
		}
		cm, err := c.Client.CoreV1().ConfigMaps(namespace).Get(ctx, e.ValueFrom.ConfigMapKeyRef.Name, metav1.GetOptions{})
		if err != nil {
			return 0, fmt.Errorf("get the value of %s: %w", e.Name, err)
		}
		environment[e.Name] = cm.Data[e.ValueFrom.ConfigMapKeyRef.Key]
	}
	path := filepath.Join(dir, "adapter.yaml")
	for _, v := range d.Spec.Template.Spec.Volumes {
		if v.ConfigMap == nil {
			continue
		}
		cm, err := c.Client.CoreV1().ConfigMaps(namespace).Get(ctx, v.ConfigMap.Name, metav1.GetOptions{})
		if err != nil {
			return 0, fmt.Errorf("get the adapter's configuration: %w", err)
		}
		if err := os.WriteFile(path, []byte(cm.Data["adapter.yaml"]), 0o644); err != nil {
			return 0, fmt.Errorf("keep the adapter's configuration: %w", err)
		}
	}
	loaded, err := config.Load(path, func(name string) string { return environment[name] })
	if err != nil {
		return 0, err
	}
	for _, m := range loaded.Metrics {
		if m.Name == observe.Users {
			halfLives, err := m.Smoothing.HalfLives()
			return halfLives.Rise, err
		}
	}
	return 0, fmt.Errorf("the adapter's configuration has no metric %s", observe.Users)
}

// spike is a rectangle of extra users that the smoothing must ride out.
type spike struct {
	extra  int           // users on top of the steady ones
	length time.Duration // how long they stay
	peak   float64       // what the smoothed total reaches at its end
}

// spikeFor finds the highest whole number of extra users that keeps the smoothed total, starting at steady, 15 % clear of room
// below limit: S(length) = steady + (1 − 2^(−length/h))·extra.
func spikeFor(steady, limit float64, length, halfLife time.Duration) spike {
	gain := smoothing.HalfLives{Rise: halfLife}.Alpha(length)
	extra := math.Floor(0.85 * (limit - steady) / gain)
	return spike{extra: int(extra), length: length, peak: steady + gain*extra}
}
