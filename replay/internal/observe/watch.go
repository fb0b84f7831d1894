package observe

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	autoscalinginformers "k8s.io/client-go/informers/autoscaling/v2"
	coreinformers "k8s.io/client-go/informers/core/v1"
	"k8s.io/client-go/tools/cache"
)

// watched is a kind of objects, and who is told of them.
type watched struct {
	what     string
	informer cache.SharedIndexInformer
	handler  cache.ResourceEventHandler
}

// watch watches the pods, the HPA and its events until ctx ends. It returns when all that is there is known.
func (r *run) watch(ctx context.Context) error {
	ns, client := r.config.Namespace, r.from.Kube
	name := fields.OneTermEqualSelector("metadata.name", r.config.HPA).String()
	about := fields.Set{"involvedObject.kind": "HorizontalPodAutoscaler", "involvedObject.name": r.config.HPA}.AsSelector().String()
	pods := func(o *metav1.ListOptions) { o.LabelSelector = r.selector }
	hpas := func(o *metav1.ListOptions) { o.FieldSelector = name }
	events := func(o *metav1.ListOptions) { o.FieldSelector = about }
	for _, w := range []watched{
		{"pods", coreinformers.NewFilteredPodInformer(client, ns, 0, nil, pods), r.podHandler()},
		{"HPAs", autoscalinginformers.NewFilteredHorizontalPodAutoscalerInformer(client, ns, 0, nil, hpas), r.hpaHandler()},
		{"events", coreinformers.NewFilteredEventInformer(client, ns, 0, nil, events), r.eventHandler()},
	} {
		if err := w.start(ctx, &r.watching, r.config.Hold); err != nil {
			return err
		}
	}
	if r.journal.now() == nil {
		return fmt.Errorf("namespace %s has no HPA %s", ns, r.config.HPA)
	}
	return nil
}

// start watches until ctx ends, and returns when all that is there was handed over. The informer tries again whatever happens; that it is
// not allowed to watch is not worth waiting for.
func (w *watched) start(ctx context.Context, watching *sync.WaitGroup, hold time.Duration) error {
	var last atomic.Pointer[error]
	waiting, enough := context.WithTimeout(ctx, hold)
	defer enough()
	failed := func(_ context.Context, _ *cache.Reflector, err error) {
		if last.Store(&err); apierrors.IsForbidden(err) {
			enough()
		}
	}
	registered, err := w.informer.AddEventHandler(w.handler)
	if err := errors.Join(err, w.informer.SetWatchErrorHandlerWithContext(failed)); err != nil {
		return fmt.Errorf("watch %s: %w", w.what, err)
	}
	watching.Go(func() { w.informer.RunWithContext(ctx) })
	if cache.WaitForCacheSync(waiting.Done(), registered.HasSynced) {
		return nil
	}
	if err := last.Load(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("watch %s: %w", w.what, *err)
	}
	return fmt.Errorf("watch %s: %w", w.what, context.Cause(waiting))
}

func (r *run) podHandler() cache.ResourceEventHandler {
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { with(o, r.journal.setPod) },
		UpdateFunc: func(_, o any) { with(o, r.journal.setPod) },
		DeleteFunc: func(o any) { with(o, r.journal.deletePod) },
	}
}

func (r *run) hpaHandler() cache.ResourceEventHandler {
	set := func(h *autoscalingv2.HorizontalPodAutoscaler) {
		if err := r.journal.setHPA(trimHPA(h)); err != nil {
			r.end(err)
		}
	}
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { with(o, set) },
		UpdateFunc: func(_, o any) { with(o, set) },
		DeleteFunc: func(any) { r.end(fmt.Errorf("HPA %s was deleted", r.config.HPA)) },
	}
}

// eventHandler passes over events of the time before.
func (r *run) eventHandler() cache.ResourceEventHandler {
	return cache.ResourceEventHandlerDetailedFuncs{
		AddFunc: func(o any, old bool) {
			if !old {
				with(o, r.journal.post)
			}
		},
		UpdateFunc: func(_, o any) { with(o, r.journal.post) },
	}
}

// with does something with an object of a kind, or with the last that was known of one whose deletion was missed.
func with[T corev1.Pod | corev1.Event | autoscalingv2.HorizontalPodAutoscaler](object any, do func(*T)) {
	if missed, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = missed.Obj
	}
	if o, ok := object.(*T); ok {
		do(o)
	}
}
