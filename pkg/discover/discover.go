// Package discover keeps the store's pods and HPAs current by watching the cluster. It never polls: after the first list,
// what happens arrives as an event. The one other request is a read of /scale for an HPA whose target is none of the
// well-known kinds, once per change of that HPA.
package discover

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/pkg/store"
)

// registry takes what discovery finds. Its methods are called from several goroutines.
type registry interface {
	SetPod(p sample.Pod)
	DeletePod(uid types.UID)
	SetHPA(h store.HPA, selector labels.Selector, override smoothing.Override)
	DeleteHPA(h store.HPA)
}

// Discovery watches pods, HPAs and the HPAs' targets, and Services, whose pods can be asked for.
type Discovery struct {
	factory informers.SharedInformerFactory
	pods    *podHandler
	hpas    *hpaController
	caches  []cache.InformerSynced // true once the whole first list was seen, by the handler where there is one
	synced  chan struct{}
}

// New prepares the watches; Run starts them. Scales reads the selectors of scale targets of other kinds than Deployment,
// StatefulSet and ReplicaSet. No pod is asked for
// anything, and HPAs may ask for no smoothing of their own, before SetRules.
func New(client kubernetes.Interface, scales Scales, r registry) (*Discovery, error) {
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithTransform(newAnnotations().strip))
	pods := factory.Core().V1().Pods().Informer()
	d := &Discovery{
		factory: factory,
		pods:    newPodHandler(r, pods.GetStore()),
		hpas:    newHPAController(factory, scales, r),
		synced:  make(chan struct{}),
	}

	apps := factory.Apps().V1()
	for _, w := range []struct {
		informer cache.SharedIndexInformer
		handler  cache.ResourceEventHandler
	}{
		{pods, d.pods},
		{factory.Autoscaling().V2().HorizontalPodAutoscalers().Informer(), d.hpas.hpaHandler()},
		{apps.Deployments().Informer(), d.hpas.targetHandler("Deployment")},
		{apps.StatefulSets().Informer(), d.hpas.targetHandler("StatefulSet")},
		{apps.ReplicaSets().Informer(), d.hpas.targetHandler("ReplicaSet")},
	} {
		registration, err := w.informer.AddEventHandler(w.handler)
		if err != nil {
			return nil, fmt.Errorf("watch: %w", err)
		}
		d.caches = append(d.caches, registration.HasSynced)
	}
	d.caches = append(d.caches, factory.Core().V1().Services().Informer().HasSynced)
	return d, nil
}

// Run watches until ctx ends.
func (d *Discovery) Run(ctx context.Context) {
	defer context.AfterFunc(ctx, d.hpas.queue.ShutDown)()
	defer d.factory.Shutdown()
	d.factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), d.caches...) {
		return
	}
	more := true
	for more && d.hpas.queue.Len() > 0 {
		more = d.hpas.next(ctx)
	}
	close(d.synced)
	for more {
		more = d.hpas.next(ctx)
	}
}

// SetRules replaces the rules, and applies the new ones to the pods and HPAs that there are. It is safe for concurrent use.
func (d *Discovery) SetRules(rules Rules) {
	d.pods.setRules(rules)
	d.hpas.setLimits(rules.HalfLives)
}

// Synced is closed when the store has every pod and HPA that there was at the start, and Selector knows every object.
func (d *Discovery) Synced() <-chan struct{} { return d.synced }
