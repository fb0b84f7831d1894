package discover

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync/atomic"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	autoscalinglisters "k8s.io/client-go/listers/autoscaling/v2"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/klog/v2"

	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/pkg/store"
)

// hpaController turns HPAs, and changes of what they scale, into selectors of pods. Handlers only put names on the queue,
// and one goroutine works it off, so that the registry sees the changes of an HPA one after another.
type hpaController struct {
	registry  registry
	hpas      autoscalinglisters.HorizontalPodAutoscalerLister
	selectors *selectors
	queue     workqueue.TypedRateLimitingInterface[store.HPA]
	outcomes  map[store.HPA]string // the last one of each HPA, so that only changes are logged
	limits    atomic.Pointer[smoothing.Limits]
}

func newHPAController(factory informers.SharedInformerFactory, scales Scales, r registry) *hpaController {
	c := &hpaController{
		registry:  r,
		hpas:      factory.Autoscaling().V2().HorizontalPodAutoscalers().Lister(),
		selectors: newSelectors(factory, scales),
		queue:     workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[store.HPA]()),
		outcomes:  map[store.HPA]string{},
	}
	c.limits.Store(&smoothing.Limits{})
	return c
}

// setLimits looks at all HPAs again if the limits are others than before.
func (c *hpaController) setLimits(limits smoothing.Limits) {
	if before := c.limits.Swap(&limits); *before == limits {
		return
	}
	hpas, err := c.hpas.List(labels.Everything())
	if err != nil {
		return
	}
	for _, hpa := range hpas {
		c.enqueue(hpa)
	}
}

// hpaHandler passes over changes that leave the target and the annotations as they are: an HPA's status changes every few seconds.
func (c *hpaController) hpaHandler() cache.ResourceEventHandler {
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    c.enqueue,
		DeleteFunc: c.enqueue,
		UpdateFunc: func(before, after any) {
			was, ok1 := before.(*autoscalingv2.HorizontalPodAutoscaler)
			is, ok2 := after.(*autoscalingv2.HorizontalPodAutoscaler)
			if ok1 && ok2 && (was.UID != is.UID || was.Spec.ScaleTargetRef != is.Spec.ScaleTargetRef || !maps.Equal(was.Annotations, is.Annotations)) {
				c.enqueue(after)
			}
		},
	}
}

func (c *hpaController) enqueue(object any) {
	if name, err := cache.DeletionHandlingObjectToName(object); err == nil {
		c.queue.Add(store.HPA{Namespace: name.Namespace, Name: name.Name})
	}
}

// targetHandler puts the HPAs that scale an object on the queue when it comes, goes or changes.
func (c *hpaController) targetHandler(kind string) cache.ResourceEventHandler {
	enqueue := func(object any) {
		name, err := cache.DeletionHandlingObjectToName(object)
		if err != nil {
			return
		}
		hpas, err := c.hpas.HorizontalPodAutoscalers(name.Namespace).List(labels.Everything())
		if err != nil {
			return
		}
		for _, hpa := range hpas {
			if ref := hpa.Spec.ScaleTargetRef; ref.Kind == kind && ref.Name == name.Name {
				c.enqueue(hpa)
			}
		}
	}
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    enqueue,
		DeleteFunc: enqueue,
		UpdateFunc: func(before, after any) {
			if !sameSelector(before, after) {
				enqueue(after)
			}
		},
	}
}

// next works off one HPA and says whether there can be another. What failed comes back later, ever less often.
func (c *hpaController) next(ctx context.Context) bool {
	name, shutdown := c.queue.Get()
	if shutdown {
		return false
	}
	defer c.queue.Done(name)
	if err := c.sync(ctx, name); err != nil {
		c.queue.AddRateLimited(name)
	} else {
		c.queue.Forget(name)
	}
	return true
}

// sync tells the registry which pods an HPA scales now. It returns an error only for what may mend itself without an event.
func (c *hpaController) sync(ctx context.Context, name store.HPA) error {
	hpa, err := c.hpas.HorizontalPodAutoscalers(name.Namespace).Get(name.Name)
	if apierrors.IsNotFound(err) {
		c.registry.DeleteHPA(name)
		delete(c.outcomes, name)
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up HPA %s/%s: %w", name.Namespace, name.Name, err)
	}
	ref := hpa.Spec.ScaleTargetRef
	selector, err := c.selectors.of(ctx, name.Namespace, ref)
	if err != nil {
		c.log(name, "HPA has no known pods", "kind", ref.Kind, "name", ref.Name, "err", err)
		if errors.Is(err, errNotWatched) {
			return err // the group that was known stays: the API server may just be away
		}
		c.registry.DeleteHPA(name)
		return nil
	}
	override := overrideOf(hpa.Annotations, *c.limits.Load())
	if override.Problem != "" {
		c.log(name, "HPA selects pods, and has bad annotations, which are not followed", "selector", selector, "err", override.Problem)
	} else {
		c.log(name, "HPA selects pods", "selector", selector)
	}
	c.registry.SetHPA(name, selector, override)
	return nil
}

// log says what became of an HPA, when that is news.
func (c *hpaController) log(name store.HPA, message string, keysAndValues ...any) {
	if outcome := fmt.Sprint(message, keysAndValues); c.outcomes[name] != outcome {
		c.outcomes[name] = outcome
		klog.InfoS(message, append([]any{"hpa", klog.KRef(name.Namespace, name.Name)}, keysAndValues...)...)
	}
}
