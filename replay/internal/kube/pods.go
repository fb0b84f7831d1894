package kube

import (
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
)

// PodInformer has the pods. It implements the informers' PodInformer.
type PodInformer struct{ cluster *Cluster }

// PodInformer returns an informer for the controller.
func (c *Cluster) PodInformer() PodInformer { return PodInformer{c} }

// Informer implements the informers' PodInformer.
func (i PodInformer) Informer() cache.SharedIndexInformer { return synced{} }

// Lister implements the informers' PodInformer.
func (i PodInformer) Lister() corelisters.PodLister { return podLister(i) }

// synced is an informer that is always up to date, of which nothing else is asked.
type synced struct{ cache.SharedIndexInformer }

// HasSynced implements cache.SharedIndexInformer.
func (synced) HasSynced() bool { return true }

// podLister lists in the order in which SetPods was given the pods: that of a map would change from run to run.
type podLister struct{ cluster *Cluster }

// List implements corelisters.PodLister.
func (l podLister) List(selector labels.Selector) ([]*corev1.Pod, error) {
	l.cluster.mu.Lock()
	defer l.cluster.mu.Unlock()
	matching := make([]*corev1.Pod, 0, len(l.cluster.pods))
	for _, p := range l.cluster.pods {
		if selector.Matches(labels.Set(p.Labels)) {
			matching = append(matching, p)
		}
	}
	return matching, nil
}

// Pods implements corelisters.PodLister.
func (l podLister) Pods(string) corelisters.PodNamespaceLister { return podNamespaceLister{l} }

type podNamespaceLister struct{ podLister }

// Get implements corelisters.PodNamespaceLister.
func (l podNamespaceLister) Get(name string) (*corev1.Pod, error) {
	l.cluster.mu.Lock()
	defer l.cluster.mu.Unlock()
	for _, p := range l.cluster.pods {
		if p.Name == name {
			return p, nil
		}
	}
	return nil, apierrors.NewNotFound(corev1.Resource("pods"), name)
}
