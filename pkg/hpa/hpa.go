// Package hpa is the arithmetic of the stock HorizontalPodAutoscaler, to show what it proposes for each metric and why. It decides
// nothing itself: it is pure, and test/upstream holds it against the controller's own code.
//
// Source of every formula: k8s.io/kubernetes v1.37.2, pkg/controller/podautoscaler; comments name the function. For a metric with a
// target per pod, the ratio r = usage/target is taken over the counted pods' readings, and the proposal is
//
//	the current count        if 1−down ≤ r ≤ 1+up
//	ceil(r · pods)           otherwise
//
// Usage is a whole number (thousandths of the metric's unit, or percent of the request), rounded towards zero, before it is divided
// by the target. Pods without a reading are filled in so that they speak against a change, and the test is made again.
package hpa

import (
	"time"

	corev1 "k8s.io/api/core/v1"
)

// The kube-controller-manager's defaults (pkg/controller/podautoscaler/config/v1alpha1, SetDefaults_HPAControllerConfiguration). A
// cluster may run with others, which nobody but its operator can see.
const (
	DefaultCPUInitializationPeriod = 5 * time.Minute
	DefaultInitialReadinessDelay   = 30 * time.Second
	DefaultTolerance               = 0.1
	DefaultScaleDownStabilization  = 5 * time.Minute
)

// Reading is one pod's value of a metric, as the metrics APIs serve it.
type Reading struct {
	Milli  int64         // in thousandths of the metric's unit, memory's too
	Time   time.Time     // when it was measured; used for CPU only
	Window time.Duration // over which it was measured; used for CPU only
}

// Sync is what the controller knows in one pass over an HPA, besides the readings.
type Sync struct {
	Now        time.Time
	Replicas   int32         // the scale target's spec.replicas
	Running    int32         // its status.replicas; used for an object's averageValue only
	Pods       []*corev1.Pod // all that match the scale target's selector
	Tolerances Tolerances

	// Of CPU readings, those of a pod that is starting are left aside; these say how long a start takes.
	CPUInitializationPeriod time.Duration
	InitialReadinessDelay   time.Duration
}
