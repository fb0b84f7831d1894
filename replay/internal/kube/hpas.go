package kube

import (
	"context"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	autoscalingclient "k8s.io/client-go/kubernetes/typed/autoscaling/v2"
	autoscalinglisters "k8s.io/client-go/listers/autoscaling/v2"
	"k8s.io/client-go/tools/cache"
)

// HPAClient writes the HPA's status; whatever else a client can do, nobody asks of it.
type HPAClient struct{ cluster *Cluster }

// HPAClient returns a client for the controller.
func (c *Cluster) HPAClient() HPAClient { return HPAClient{c} }

// HorizontalPodAutoscalers implements autoscalingclient.HorizontalPodAutoscalersGetter.
func (h HPAClient) HorizontalPodAutoscalers(string) autoscalingclient.HorizontalPodAutoscalerInterface {
	return statusWriter{cluster: h.cluster}
}

type statusWriter struct {
	autoscalingclient.HorizontalPodAutoscalerInterface // nil: a call of any other method is a mistake, and panics

	cluster *Cluster
}

// UpdateStatus implements autoscalingclient.HorizontalPodAutoscalerInterface.
func (w statusWriter) UpdateStatus(_ context.Context, written *autoscalingv2.HorizontalPodAutoscaler, _ metav1.UpdateOptions) (*autoscalingv2.HorizontalPodAutoscaler, error) {
	c := w.cluster
	c.mu.Lock()
	before, handlers := c.hpa, c.handlers
	if written.ResourceVersion != before.ResourceVersion {
		c.mu.Unlock()
		return nil, apierrors.NewConflict(autoscalingv2.Resource("horizontalpodautoscalers"), written.Name, nil)
	}
	after := *before
	written.Status.DeepCopyInto(&after.Status)
	c.hpa = &after
	err := c.putLocked()
	c.mu.Unlock()
	if err != nil {
		return nil, err
	}
	for _, h := range handlers {
		h.OnUpdate(before, &after)
	}
	return after.DeepCopy(), nil
}

// HPAInformer has the HPA. It implements the informers' HorizontalPodAutoscalerInformer.
type HPAInformer struct{ informer hpaInformer }

// HPAInformer returns an informer for the controller.
func (c *Cluster) HPAInformer() HPAInformer { return HPAInformer{hpaInformer{cluster: c}} }

// Informer implements the informers' HorizontalPodAutoscalerInformer.
func (i HPAInformer) Informer() cache.SharedIndexInformer { return i.informer }

// Lister implements the informers' HorizontalPodAutoscalerInformer.
func (i HPAInformer) Lister() autoscalinglisters.HorizontalPodAutoscalerLister {
	return autoscalinglisters.NewHorizontalPodAutoscalerLister(i.informer.cluster.store)
}

type hpaInformer struct {
	cache.SharedIndexInformer // nil, likewise

	cluster *Cluster
}

// AddEventHandlerWithResyncPeriod implements cache.SharedIndexInformer. There is no resync: the controller's own queue comes back to an
// HPA once per period.
func (i hpaInformer) AddEventHandlerWithResyncPeriod(h cache.ResourceEventHandler, _ time.Duration) (cache.ResourceEventHandlerRegistration, error) {
	i.cluster.mu.Lock()
	defer i.cluster.mu.Unlock()
	i.cluster.handlers = append(i.cluster.handlers, h)
	return nil, nil
}

// HasSynced implements cache.SharedIndexInformer.
func (i hpaInformer) HasSynced() bool { return true }

// GetStore implements cache.SharedIndexInformer. The store knows the version of what was put into it last, from which the controller
// sees that it reads its own writes.
func (i hpaInformer) GetStore() cache.Store { return i.cluster.store }
