package observe

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"

	"userscale.dev/userscale/test/cluster"
)

// WaitReading waits until the HPA is active and has read every metric of its spec.
func WaitReading(ctx context.Context, c *cluster.Cluster, namespace, hpa string) error {
	var last Observation
	var want int
	err := wait.PollUntilContextCancel(ctx, time.Second, true, func(ctx context.Context) (bool, error) {
		h, err := c.Client.AutoscalingV2().HorizontalPodAutoscalers(namespace).Get(ctx, hpa, metav1.GetOptions{})
		if err != nil {
			return false, nil //nolint:nilerr // not there yet, or the API server is busy; the context bounds the wait
		}
		last, want = fromStatus(h), len(h.Spec.Metrics)
		return last.Active && len(last.Metrics) == want, nil
	})
	if err != nil {
		return fmt.Errorf("wait until HPA %s/%s reads its %d metrics: %w (it reads %d, %s)", namespace, hpa, want, err, len(last.Metrics), last.Reason)
	}
	return nil
}
