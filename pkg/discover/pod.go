package discover

import (
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"

	"userscale.dev/userscale/pkg/sample"
)

// podHandler passes pods on to the registry, each with how it is asked.
type podHandler struct {
	registry registry
	known    cache.Store // the pods that there are; never behind the events

	mu    sync.Mutex // guards what follows; held while a pod is handed over, so that the registry is told of the newest state last
	rules Rules
	ways  map[sample.Target][]sample.Target // shared by the pods that are asked in the same way, by the first in them
}

func newPodHandler(r registry, known cache.Store) *podHandler {
	return &podHandler{registry: r, known: known, ways: map[sample.Target][]sample.Target{}}
}

// OnAdd implements cache.ResourceEventHandler.
func (h *podHandler) OnAdd(object any, _ bool) {
	if pod, ok := object.(*corev1.Pod); ok {
		h.handle(pod, nil)
	}
}

// OnUpdate implements cache.ResourceEventHandler. Two events can arrive as one: the old pod may be another of that name.
func (h *podHandler) OnUpdate(before, after any) {
	was, ok1 := before.(*corev1.Pod)
	pod, ok2 := after.(*corev1.Pod)
	if !ok1 || !ok2 {
		return
	}
	if was.UID != pod.UID {
		h.delete(was)
		was = nil
	}
	h.handle(pod, was)
}

// OnDelete implements cache.ResourceEventHandler.
func (h *podHandler) OnDelete(object any) {
	if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = tombstone.Obj
	}
	if pod, ok := object.(*corev1.Pod); ok {
		h.delete(pod)
	}
}

func (h *podHandler) delete(pod *corev1.Pod) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.registry.DeletePod(pod.UID)
}

func (h *podHandler) handle(pod, was *corev1.Pod) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.set(pod, was, &h.rules)
}

// setRules hands all pods over anew. What is listed here and changes at the same time has its event still to come.
func (h *podHandler) setRules(rules Rules) {
	h.mu.Lock()
	defer h.mu.Unlock()
	old := h.rules
	h.rules, h.ways = rules, map[sample.Target][]sample.Target{}
	for _, object := range h.known.List() {
		if pod, ok := object.(*corev1.Pod); ok {
			h.set(pod, pod, &old)
		}
	}
}

// set hands a pod over. Why it cannot be asked is logged when that is new: not so of the pod as it was, under the rules of then.
func (h *podHandler) set(pod, was *corev1.Pod, then *Rules) {
	targets := h.share(h.rules.targets(pod))
	if now := problems(targets); now != "" && (was == nil || problems(then.targets(was)) != now) {
		klog.InfoS("Pod can't be asked", "pod", klog.KObj(pod), "err", now)
	}
	h.registry.SetPod(toSample(pod, targets))
}

// problems are the different ones of a pod's targets, in one line.
func problems(targets []sample.Target) string {
	var texts []string
	for i := range targets {
		if p := targets[i].Problem; p != "" && !slices.Contains(texts, p) {
			texts = append(texts, p)
		}
	}
	return strings.Join(texts, "; ")
}

// share returns the same memory for pods that are asked in the same way, as those of a workload are.
func (h *podHandler) share(targets []sample.Target) []sample.Target {
	if len(targets) == 0 {
		return nil
	}
	if known := h.ways[targets[0]]; slices.Equal(known, targets) {
		return known
	}
	if len(h.ways) >= distinct {
		clear(h.ways)
	}
	h.ways[targets[0]] = targets
	return targets
}

func toSample(p *corev1.Pod, targets []sample.Target) sample.Pod {
	pod := sample.Pod{
		UID:       p.UID,
		Namespace: p.Namespace,
		Name:      p.Name,
		Labels:    p.Labels,
		IP:        p.Status.PodIP,
		Running:   p.Status.Phase == corev1.PodRunning,
		Deleting:  p.DeletionTimestamp != nil,
		Targets:   targets,
	}
	if p.Status.StartTime != nil {
		pod.Started = p.Status.StartTime.Time
	}
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			pod.Ready, pod.ReadyTime = c.Status == corev1.ConditionTrue, c.LastTransitionTime.Time
		}
	}
	return pod
}
