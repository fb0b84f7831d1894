package discover

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"

	"userscale.dev/userscale/pkg/sample"
)

// podHandler passes pods on to the registry, each with how it is asked.
type podHandler struct {
	registry registry
	rules    Rules
	last     []sample.Target // of the pod before this one
}

// OnAdd implements cache.ResourceEventHandler.
func (h *podHandler) OnAdd(object any, _ bool) {
	if pod, ok := object.(*corev1.Pod); ok {
		h.set(pod, nil)
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
		h.registry.DeletePod(was.UID)
		was = nil
	}
	h.set(pod, was)
}

// OnDelete implements cache.ResourceEventHandler.
func (h *podHandler) OnDelete(object any) {
	if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = tombstone.Obj
	}
	if pod, ok := object.(*corev1.Pod); ok {
		h.registry.DeletePod(pod.UID)
	}
}

// set hands a pod over. Annotations that cannot be followed are logged when they are new, not at every change of the pod.
func (h *podHandler) set(pod, was *corev1.Pod) {
	targets, err := h.rules.targets(pod)
	if err != nil && (was == nil || !sameProblem(was, err)) {
		klog.InfoS("Pod is not scraped: bad annotation", "pod", klog.KObj(pod), "err", err)
	}
	h.registry.SetPod(toSample(pod, h.share(targets)))
}

// share returns the same memory for pods that follow one another and are asked in the same way, as those of a workload are.
func (h *podHandler) share(targets []sample.Target) []sample.Target {
	if !slices.Equal(targets, h.last) {
		h.last = targets
	}
	return h.last
}

func sameProblem(was *corev1.Pod, err error) bool {
	_, before := targetOf(was)
	return before != nil && before.Error() == err.Error()
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
