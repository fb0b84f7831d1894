package hpa

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// requestsOf returns what the pods request, in thousandths by pod name. One pod without a request is an error for all, even if the
// pod is ignored. Source: replica_calculator.go, calculateRequests, with the feature gate PodLevelResources on as by default.
func requestsOf(pods []*corev1.Pod, container string, name corev1.ResourceName) (map[string]int64, error) {
	requests := make(map[string]int64, len(pods))
	for _, pod := range pods {
		var err error
		if container == "" && setsPodLevel(pod) {
			requests[pod.Name], err = podLevelRequest(pod, name)
		} else {
			requests[pod.Name], err = containersRequest(pod, container, name)
		}
		if err != nil {
			return nil, err
		}
	}
	return requests, nil
}

// containersRequest adds up the containers that run all the time: init containers only if they are restartable. With a name it is
// the request of that container alone. Source: replica_calculator.go, calculatePodRequestsFromContainers.
func containersRequest(pod *corev1.Pod, container string, name corev1.ResourceName) (int64, error) {
	running := slices.Clone(pod.Spec.Containers)
	for _, c := range pod.Spec.InitContainers {
		if restartable(c) {
			running = append(running, c)
		}
	}
	if container != "" {
		i := slices.IndexFunc(running, func(c corev1.Container) bool { return c.Name == container })
		if i < 0 {
			return 0, fmt.Errorf("pod %s: has no container %s", pod.Name, container)
		}
		running = running[i : i+1]
	}
	var sum int64
	for _, c := range running {
		q, ok := c.Resources.Requests[name]
		if !ok {
			return 0, fmt.Errorf("pod %s, container %s: requests no %s, of which the target is a percentage", pod.Name, c.Name, name)
		}
		sum += q.MilliValue()
	}
	return sum, nil
}

func restartable(c corev1.Container) bool {
	return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

// podLevelRequest is the request of a pod that sets requests of its own. A resource that they leave out, or that cannot be set
// there, is what the containers need at most at a time. The pod's overhead comes on top.
// Source: k8s.io/component-helpers v0.37.2, resource/helpers.go, PodRequests.
func podLevelRequest(pod *corev1.Pod, name corev1.ResourceName) (int64, error) {
	q, ok := pod.Spec.Resources.Requests[name]
	if !ok || !podLevel(name) {
		q, ok = peakRequest(pod, name)
	}
	if overhead, has := pod.Spec.Overhead[name]; has {
		q = q.DeepCopy()
		q.Add(overhead)
		ok = true
	}
	if !ok {
		return 0, fmt.Errorf("pod %s: requests no %s, of which the target is a percentage", pod.Name, name)
	}
	return q.MilliValue(), nil
}

// peakRequest returns the most that a pod's containers request at a time, and false if none of them requests any: while it runs,
// its containers and restartable init containers together; while it starts, one init container and the restartable ones before it.
func peakRequest(pod *corev1.Pod, name corev1.ResourceName) (resource.Quantity, bool) {
	var running, restarting, starting resource.Quantity
	found := false
	for _, c := range pod.Spec.Containers {
		q, ok := c.Resources.Requests[name]
		running.Add(q)
		found = found || ok
	}
	for _, c := range pod.Spec.InitContainers {
		q, ok := c.Resources.Requests[name]
		found = found || ok
		now := restarting.DeepCopy()
		now.Add(q)
		if restartable(c) {
			running.Add(q)
			restarting = now
		}
		if now.Cmp(starting) > 0 {
			starting = now
		}
	}
	if starting.Cmp(running) > 0 {
		return starting, found
	}
	return running, found
}

// setsPodLevel tells whether a pod requests, for itself as a whole, any resource that can be requested so.
func setsPodLevel(pod *corev1.Pod) bool {
	if pod.Spec.Resources == nil {
		return false
	}
	for name := range pod.Spec.Resources.Requests {
		if podLevel(name) {
			return true
		}
	}
	return false
}

func podLevel(name corev1.ResourceName) bool {
	return name == corev1.ResourceCPU || name == corev1.ResourceMemory || strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix)
}
