package observe

import (
	"maps"
	"math"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"userscale.dev/userscale/replay/internal/recording"
)

// life is a pod, and from when to when it was seen.
type life struct {
	pod          *corev1.Pod
	since, until float64 // until is infinite while it is there
}

func (l *life) present() bool { return math.IsInf(l.until, 1) }

// presentLocked are the names of the pods that are there, sorted.
func (j *journal) presentLocked() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(j.pods)) {
		if j.pods[name].present() {
			names = append(names, name)
		}
	}
	return names
}

// setPod enters a pod that is new or changed. Another pod of the same name replaces it.
func (j *journal) setPod(pod *corev1.Pod) {
	j.mu.Lock()
	defer j.mu.Unlock()
	pod = trimPod(pod)
	now := j.nowLocked()
	is, ok := j.pods[pod.Name]
	if ok && is.present() && is.pod.UID != pod.UID {
		j.addLocked(recording.Event{T: now, Gone: pod.Name})
		ok = false
	}
	switch {
	case !ok || !is.present():
		j.pods[pod.Name] = &life{pod, now, math.Inf(1)}
	case apiequality.Semantic.DeepEqual(is.pod, pod):
		return
	default:
		is.pod = pod
	}
	j.addLocked(recording.Event{T: now, Pod: pod})
}

// deletePod enters that a pod is gone, unless another one has its name already.
func (j *journal) deletePod(pod *corev1.Pod) {
	j.mu.Lock()
	defer j.mu.Unlock()
	is, ok := j.pods[pod.Name]
	if !ok || !is.present() || is.pod.UID != pod.UID {
		return
	}
	is.until = j.nowLocked()
	j.addLocked(recording.Event{T: is.until, Gone: pod.Name})
}

// trimPod leaves of a pod what the HPA controller and the adapter's discovery read.
func trimPod(p *corev1.Pod) *corev1.Pod {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: p.Namespace, Name: p.Name, UID: p.UID, Labels: p.Labels,
			Annotations:       readAnnotations(p.Annotations),
			CreationTimestamp: p.CreationTimestamp, DeletionTimestamp: p.DeletionTimestamp,
		},
		Status: corev1.PodStatus{Phase: p.Status.Phase, PodIP: p.Status.PodIP, StartTime: p.Status.StartTime},
	}
	if r := p.Spec.Resources; r != nil {
		pod.Spec.Resources = &corev1.ResourceRequirements{Requests: r.Requests}
	}
	for i := range p.Spec.InitContainers { // those that keep running have a part in the pod's request
		if c := &p.Spec.InitContainers[i]; c.RestartPolicy != nil {
			pod.Spec.InitContainers = append(pod.Spec.InitContainers, trimContainer(c))
		}
	}
	for i := range p.Spec.Containers {
		pod.Spec.Containers = append(pod.Spec.Containers, trimContainer(&p.Spec.Containers[i]))
	}
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			pod.Status.Conditions = []corev1.PodCondition{{Type: c.Type, Status: c.Status, LastTransitionTime: c.LastTransitionTime}}
		}
	}
	return pod
}

func trimContainer(c *corev1.Container) corev1.Container {
	return corev1.Container{
		Name: c.Name, Ports: c.Ports, RestartPolicy: c.RestartPolicy,
		Resources: corev1.ResourceRequirements{Requests: c.Resources.Requests},
	}
}

// readAnnotations are those that the adapter may read, whatever its configuration; nil if there are none.
func readAnnotations(all map[string]string) map[string]string {
	var read map[string]string
	for key, value := range all {
		if strings.HasPrefix(key, "userscale.dev/") || strings.HasPrefix(key, "prometheus.io/") {
			if read == nil {
				read = map[string]string{}
			}
			read[key] = value
		}
	}
	return read
}
