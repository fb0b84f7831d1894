// Package kube is as much of a cluster as the HPA controller sees: one HPA, the scale of its target, and the target's pods, in memory.
//
// It stands in for client-go's fake clientset and informers, in which a replay would spend nearly all its time: for each write the fake
// builds a REST mapper of all known types, to manage fields as an API server does. Here a write is one assignment under a mutex. A
// status that is written is seen at once, and events about it are delivered by the one who writes.
//
// What the controller never asks for is not there: an embedded interface is nil, so that a method which a later version of the controller
// calls ends the program with a nil pointer, in the line of k8s.io/kubernetes/pkg/controller/podautoscaler that calls it.
package kube

import (
	"strconv"
	"sync"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/cache"
)

// Cluster is safe for concurrent use. Objects that were handed over or out are never written to.
type Cluster struct {
	mu       sync.Mutex // guards what follows
	hpa      *autoscalingv2.HorizontalPodAutoscaler
	version  int // of the HPA
	scale    autoscalingv1.Scale
	pods     []*corev1.Pod
	handlers []cache.ResourceEventHandler // of the HPA's changes
	rescaled Rescaled

	store cache.Indexer // has the HPA too, for those who want a store
}

// New returns a cluster with an HPA whose target has as many replicas, and as yet no pods. The selector is what the target's scale reports.
func New(hpa *autoscalingv2.HorizontalPodAutoscaler, replicas int32, selector string) (*Cluster, error) {
	c := &Cluster{store: cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})}
	c.scale.Namespace, c.scale.Name = hpa.Namespace, hpa.Spec.ScaleTargetRef.Name
	c.scale.Spec.Replicas = replicas
	c.scale.Status = autoscalingv1.ScaleStatus{Replicas: replicas, Selector: selector}
	c.hpa = hpa.DeepCopy()
	return c, c.putLocked()
}

// putLocked gives the HPA its next resource version.
func (c *Cluster) putLocked() error {
	c.version++
	c.hpa.ResourceVersion = strconv.Itoa(c.version)
	return c.store.Update(c.hpa)
}

// Rescaled is told of each change of the desired count, by who makes it, with what there was at that moment.
type Rescaled func(hpa *autoscalingv2.HorizontalPodAutoscaler, from, to, present int32, pods []*corev1.Pod)

// OnRescale says who is told. It must be called before there are any changes.
func (c *Cluster) OnRescale(r Rescaled) { c.rescaled = r }

// HPA returns the HPA as it is now.
func (c *Cluster) HPA() *autoscalingv2.HorizontalPodAutoscaler {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hpa
}

// Desired is how many pods the target is to have.
func (c *Cluster) Desired() int32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.scale.Spec.Replicas
}

// SetPods replaces the pods, all of the HPA's namespace. The caller no longer owns the slice. Present are those that are not being
// deleted, which the target's status counts.
func (c *Cluster) SetPods(pods []*corev1.Pod, present int32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pods = pods
	c.scale.Status.Replicas = present
}

// Announce tells the controller of the HPA, as a first list does.
func (c *Cluster) Announce() {
	c.mu.Lock()
	hpa, handlers := c.hpa, c.handlers
	c.mu.Unlock()
	for _, h := range handlers {
		h.OnAdd(hpa, true)
	}
}
