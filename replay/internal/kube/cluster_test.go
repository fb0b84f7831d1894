package kube

import (
	"context"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	autoscalingclient "k8s.io/client-go/kubernetes/typed/autoscaling/v2"
	"k8s.io/client-go/tools/cache"
)

const namespace = "shop"

func example() *autoscalingv2.HorizontalPodAutoscaler {
	hpa := &autoscalingv2.HorizontalPodAutoscaler{}
	hpa.Namespace, hpa.Name = namespace, "web"
	hpa.Spec.ScaleTargetRef = autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "web"}
	return hpa
}

func newCluster(t *testing.T, replicas int32) *Cluster {
	t.Helper()
	c, err := New(example(), replicas, "app=web")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// client is seen through client-go's interface, as the controller sees it.
func client(c *Cluster) autoscalingclient.HorizontalPodAutoscalerInterface {
	return c.HPAClient().HorizontalPodAutoscalers(namespace)
}

// desiring is an HPA as the controller writes it.
func desiring(hpa *autoscalingv2.HorizontalPodAutoscaler, replicas int32) *autoscalingv2.HorizontalPodAutoscaler {
	written := hpa.DeepCopy()
	written.Status.DesiredReplicas = replicas
	written.Status.Conditions = []autoscalingv2.HorizontalPodAutoscalerCondition{{Type: autoscalingv2.ScalingActive, Reason: "ValidMetricFound"}}
	return written
}

// heard writes down what an informer tells.
type heard struct {
	mu      sync.Mutex
	added   []*autoscalingv2.HorizontalPodAutoscaler
	updates [][2]*autoscalingv2.HorizontalPodAutoscaler
}

func listen(t *testing.T, c *Cluster) *heard {
	t.Helper()
	h := &heard{}
	_, err := c.HPAInformer().Informer().AddEventHandlerWithResyncPeriod(cache.ResourceEventHandlerFuncs{
		AddFunc: func(o any) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.added = append(h.added, o.(*autoscalingv2.HorizontalPodAutoscaler))
		},
		UpdateFunc: func(before, after any) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.updates = append(h.updates, [2]*autoscalingv2.HorizontalPodAutoscaler{before.(*autoscalingv2.HorizontalPodAutoscaler), after.(*autoscalingv2.HorizontalPodAutoscaler)})
		},
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A status that is written is seen at once by all who look, and told once to each who listens.
func TestStatusIsWritten(t *testing.T) {
	c := newCluster(t, 2)
	one, two := listen(t, c), listen(t, c)
	c.Announce()
	before := c.HPA()
	written := desiring(before, 3)
	written.Spec.MaxReplicas = 99 // a status update does not write it
	got, err := client(c).UpdateStatus(t.Context(), written, metav1.UpdateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := desiring(before, 3)
	want.ResourceVersion = "2"
	listed, err := c.HPAInformer().Lister().HorizontalPodAutoscalers(namespace).Get("web")
	if err != nil {
		t.Fatal(err)
	}
	stored, _, err := c.HPAInformer().Informer().GetStore().GetByKey(namespace + "/web")
	if err != nil {
		t.Fatal(err)
	}
	for where, seen := range map[string]any{"answer": got, "cluster": c.HPA(), "lister": listed, "store": stored} {
		if diff := cmp.Diff(any(want), seen); diff != "" {
			t.Errorf("%s (-want +got):\n%s", where, diff)
		}
	}
	for _, h := range []*heard{one, two} {
		if len(h.added) != 1 || h.added[0] != before || len(h.updates) != 1 || h.updates[0] != [2]*autoscalingv2.HorizontalPodAutoscaler{before, c.HPA()} {
			t.Errorf("told of %d HPAs and %d changes: %+v", len(h.added), len(h.updates), h.updates)
		}
	}
}

func TestStaleStatusIsRefused(t *testing.T) {
	c := newCluster(t, 2)
	h, stale := listen(t, c), c.HPA()
	if _, err := client(c).UpdateStatus(t.Context(), desiring(stale, 3), metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := client(c).UpdateStatus(t.Context(), desiring(stale, 4), metav1.UpdateOptions{}); !apierrors.IsConflict(err) {
		t.Errorf("got %v, want a conflict", err)
	}
	if got := c.HPA(); got.Status.DesiredReplicas != 3 || got.ResourceVersion != "2" || len(h.updates) != 1 {
		t.Errorf("%d desired in version %s, told %d times: want 3, 2 and 1", got.Status.DesiredReplicas, got.ResourceVersion, len(h.updates))
	}
}

func TestObjectsAreNotSharedWithWriters(t *testing.T) {
	given := example()
	c, err := New(given, 2, "app=web")
	if err != nil {
		t.Fatal(err)
	}
	given.Spec.MaxReplicas = 99
	first := c.HPA()
	snapshot := first.DeepCopy()
	written := desiring(first, 3)
	answer, err := client(c).UpdateStatus(t.Context(), written, metav1.UpdateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	written.Status.Conditions[0].Reason, answer.Status.Conditions[0].Reason = "mine", "mine"
	if diff := cmp.Diff(snapshot, first); diff != "" {
		t.Errorf("what was handed out changed:\n%s", diff)
	}
	if got := c.HPA(); got.Spec.MaxReplicas != 0 || got.Status.Conditions[0].Reason != "ValidMetricFound" {
		t.Errorf("who wrote has a hand on what is stored: %+v", got)
	}
	scale, err := c.ScaleClient().Scales(namespace).Get(t.Context(), schema.GroupResource{}, "web", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	scale.Spec.Replicas = 99
	if c.Desired() != 2 {
		t.Errorf("%d are desired, want 2", c.Desired())
	}
}

func pods(names ...string) []*corev1.Pod {
	var all []*corev1.Pod
	for _, name := range names {
		all = append(all, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"app": "web"}}})
	}
	return all
}

// The controller adds up floating point numbers: another order would be another sum.
func TestPodsAreListedInTheirOrder(t *testing.T) {
	c := newCluster(t, 2)
	lister := c.PodInformer().Lister()
	for _, names := range [][]string{{"c", "a", "b"}, {"b", "d"}, nil} {
		all := pods(names...)
		c.SetPods(append(all, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "other"}}), int32(len(names)))
		for _, list := range []func(labels.Selector) ([]*corev1.Pod, error){lister.List, lister.Pods(namespace).List} {
			got, err := list(labels.SelectorFromSet(labels.Set{"app": "web"}))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(names, namesOf(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			clear(got) // the list is the caller's own
		}
	}
	if got, err := lister.Pods(namespace).Get("other"); err != nil || got.Name != "other" {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := lister.Pods(namespace).Get("a"); !apierrors.IsNotFound(err) {
		t.Errorf("got %v, want that it is not found", err)
	}
}

func namesOf(pods []*corev1.Pod) (names []string) {
	for _, p := range pods {
		names = append(names, p.Name)
	}
	return names
}

func TestRescaledIsToldOfChanges(t *testing.T) {
	type change struct{ From, To, Present, Pods int32 }
	var told []change
	c := newCluster(t, 2)
	c.OnRescale(func(hpa *autoscalingv2.HorizontalPodAutoscaler, from, to, present int32, pods []*corev1.Pod) {
		if hpa != c.HPA() || c.Desired() != to { // it may look at the cluster, where the change is done
			t.Errorf("%s, %d desired", hpa.Name, c.Desired())
		}
		told = append(told, change{from, to, present, int32(len(pods))})
	})
	c.SetPods(pods("a", "b", "leaving"), 2)
	scales := c.ScaleClient().Scales(namespace)
	for _, replicas := range []int32{2, 3, 3, 1} {
		scale, err := scales.Get(t.Context(), schema.GroupResource{}, "web", metav1.GetOptions{})
		if err != nil || scale.Status.Selector != "app=web" || scale.Status.Replicas != 2 {
			t.Fatalf("%+v, %v", scale, err)
		}
		scale.Spec.Replicas = replicas
		if got, err := scales.Update(t.Context(), schema.GroupResource{}, scale, metav1.UpdateOptions{}); err != nil || got.Spec.Replicas != replicas {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if diff := cmp.Diff([]change{{2, 3, 2, 3}, {3, 1, 2, 3}}, told); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestMapperKnowsTheTargetAlone(t *testing.T) {
	mapper := newCluster(t, 1).Mapper()
	if got, err := mapper.RESTMapping(schema.GroupKind{Group: "apps", Kind: "Deployment"}); err != nil || got.Resource.Resource != "deployments" {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := mapper.RESTMapping(schema.GroupKind{Group: "apps", Kind: "StatefulSet"}); !meta.IsNoMatchError(err) {
		t.Errorf("got %v, want no match", err)
	}
}

// A controller that asks for more than there is must not get an answer that looks like one.
func TestNothingElseIsAnswered(t *testing.T) {
	c := newCluster(t, 1)
	for name, ask := range map[string]func(){
		"HPA": func() { client(c).Get(t.Context(), "web", metav1.GetOptions{}) },
		"scale": func() {
			c.ScaleClient().Scales(namespace).Patch(t.Context(), schema.GroupVersionResource{}, "web", "", nil, metav1.PatchOptions{})
		},
		"HPA informer": func() { c.HPAInformer().Informer().AddEventHandler(nil) },
		"pod informer": func() { c.PodInformer().Informer().GetStore() },
		"events":       func() { EventClient{}.Events(namespace).List(t.Context(), metav1.ListOptions{}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: was answered", name)
				}
			}()
			ask()
		}()
	}
}

// The race detector is who judges here; and each write that succeeded was told of.
func TestConcurrentUse(t *testing.T) {
	const writers, writes = 4, 50
	c := newCluster(t, 2)
	c.OnRescale(func(*autoscalingv2.HorizontalPodAutoscaler, int32, int32, int32, []*corev1.Pod) {})
	h := listen(t, c)
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for i := range int32(writes) {
				for { // again where another one was quicker
					if _, err := client(c).UpdateStatus(context.Background(), desiring(c.HPA(), i), metav1.UpdateOptions{}); err == nil {
						break
					}
				}
			}
		})
		all.Go(func() {
			for i := range int32(writes) {
				c.SetPods(pods("a", "b"), i)
				c.Announce()
			}
		})
		all.Go(func() {
			for i := range int32(writes) {
				scale, err := c.ScaleClient().Scales(namespace).Get(context.Background(), schema.GroupResource{}, "web", metav1.GetOptions{})
				if err != nil {
					t.Error(err)
					return
				}
				scale.Spec.Replicas = i
				if _, err := c.ScaleClient().Scales(namespace).Update(context.Background(), schema.GroupResource{}, scale, metav1.UpdateOptions{}); err != nil {
					t.Error(err)
				}
				if _, err := c.PodInformer().Lister().List(labels.Everything()); err != nil {
					t.Error(err)
				}
				if _, err := c.HPAInformer().Lister().HorizontalPodAutoscalers(namespace).List(labels.Everything()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if len(h.updates) != writers*writes || len(h.added) != writers*writes || c.HPA().ResourceVersion != "201" {
		t.Errorf("%d updates and %d announcements told, version %s: want %d of each, and one more", len(h.updates), len(h.added), c.HPA().ResourceVersion, writers*writes)
	}
}
