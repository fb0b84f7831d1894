package cluster

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
)

// WaitAllRolledOut waits for every Deployment and StatefulSet in the namespace, until each replica is of its newest template and
// available, and says what it waits for.
func (c *Cluster) WaitAllRolledOut(ctx context.Context, namespace string) error {
	deployments, err := c.Client.AppsV1().Deployments(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("list deployments in %s: %w", namespace, err)
	}
	for i := range deployments.Items {
		name := deployments.Items[i].Name
		if err := waitRolledOut(ctx, "deployment "+namespace+"/"+name, func() (rollout, error) { return c.deployment(ctx, namespace, name) }); err != nil {
			return err
		}
	}
	sets, err := c.Client.AppsV1().StatefulSets(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("list stateful sets in %s: %w", namespace, err)
	}
	for i := range sets.Items {
		name := sets.Items[i].Name
		if err := waitRolledOut(ctx, "stateful set "+namespace+"/"+name, func() (rollout, error) { return c.statefulSet(ctx, namespace, name) }); err != nil {
			return err
		}
	}
	return nil
}

// rollout is how far a controller of pods has come. Its status counts only once it has observed the newest template.
type rollout struct {
	observed                     bool
	replicas, updated, available int32
}

func (c *Cluster) deployment(ctx context.Context, namespace, name string) (rollout, error) {
	d, err := c.Client.AppsV1().Deployments(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return rollout{}, err
	}
	s := d.Status
	return rollout{s.ObservedGeneration >= d.Generation, s.Replicas, s.UpdatedReplicas, s.AvailableReplicas}, nil
}

func (c *Cluster) statefulSet(ctx context.Context, namespace, name string) (rollout, error) {
	d, err := c.Client.AppsV1().StatefulSets(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return rollout{}, err
	}
	s := d.Status
	return rollout{s.ObservedGeneration >= d.Generation, s.Replicas, s.UpdatedReplicas, s.AvailableReplicas}, nil
}

func waitRolledOut(ctx context.Context, what string, look func() (rollout, error)) error {
	var last string
	err := wait.PollUntilContextCancel(ctx, time.Second, true, func(context.Context) (bool, error) {
		r, err := look()
		if err != nil { // not there yet, or the API server is busy; the context bounds the wait
			last = err.Error()
			return false, nil //nolint:nilerr // said above
		}
		last = fmt.Sprintf("%d of %d replicas available, %d updated", r.available, r.replicas, r.updated)
		return r.observed && r.replicas > 0 && r.updated == r.replicas && r.available == r.replicas, nil
	})
	if err != nil {
		return fmt.Errorf("wait for %s: %w (%s)", what, err, last)
	}
	return nil
}
