package e2e

import (
	"context"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// coverage is how the HPA sees a workload's pods that are not being deleted: counted ones have a value, missing ones run without,
// pending ones do not run yet.
type coverage struct{ counted, missing, pending int }

// coverage is what the adapter and the API server say now.
func (w *deployed) coverage(ctx context.Context) (coverage, error) {
	counted, err := w.readSelf(ctx, "userscale_counted_pods")
	if err != nil {
		return coverage{}, err
	}
	pods, err := shared.Pods(ctx, w.namespace, w.selector)
	if err != nil {
		return coverage{}, err
	}
	c := coverage{counted: int(counted), missing: -int(counted)}
	for i := range pods {
		switch {
		case pods[i].DeletionTimestamp != nil:
		case pods[i].Status.Phase == corev1.PodPending:
			c.pending++
		case pods[i].Status.Phase == corev1.PodRunning:
			c.missing++
		}
	}
	return c, nil
}

// untilCovered waits for a coverage.
func (w *deployed) untilCovered(t *testing.T, want coverage) {
	t.Helper()
	const limit = 2 * time.Minute
	var got coverage
	var err error
	began := time.Now()
	for deadline := began.Add(limit); time.Now().Before(deadline); pause(t, time.Second) {
		if got, err = w.coverage(t.Context()); err == nil && got == want {
			t.Logf("%+v after %v", got, time.Since(began).Round(time.Second))
			return
		}
	}
	t.Fatalf("waited %v for %+v, the last was %+v, %v", limit, want, got, err)
}
