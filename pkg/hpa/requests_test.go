package hpa

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

func TestRequests(t *testing.T) {
	cpu := func(q string) *corev1.ResourceRequirements {
		return &corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(q)}}
	}
	memory := &corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1Gi")}}
	unsupported := &corev1.ResourceRequirements{Requests: corev1.ResourceList{"nvidia.com/gpu": resource.MustParse("1")}}
	overhead := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("50m")}
	tests := []struct {
		name      string
		spec      corev1.PodSpec
		container string
		want      int64 // -1 for an error
	}{
		{"containers add up", corev1.PodSpec{Containers: []corev1.Container{container("a", "100m"), container("b", "1")}}, "", 1100},
		{"restartable init containers run all the time, others do not", corev1.PodSpec{
			Containers:     []corev1.Container{container("a", "100m")},
			InitContainers: []corev1.Container{container("once", "5"), restartableContainer("sidecar", "20m")},
		}, "", 120},
		{"one container", corev1.PodSpec{Containers: []corev1.Container{container("a", "100m"), container("b", "")}}, "a", 100},
		{"one restartable init container", corev1.PodSpec{InitContainers: []corev1.Container{restartableContainer("sidecar", "20m")}}, "sidecar", 20},
		{"an init container is not one to ask for", corev1.PodSpec{InitContainers: []corev1.Container{container("once", "5")}}, "once", -1},
		{"the container requests none", corev1.PodSpec{Containers: []corev1.Container{container("a", "")}}, "a", -1},
		{"one of two requests none", corev1.PodSpec{Containers: []corev1.Container{container("a", "1"), container("b", "")}}, "", -1},
		{"a sidecar requests none", corev1.PodSpec{
			Containers:     []corev1.Container{container("a", "1")},
			InitContainers: []corev1.Container{restartableContainer("sidecar", "")},
		}, "", -1},
		{"the pod's own", corev1.PodSpec{Resources: cpu("2"), Containers: []corev1.Container{container("a", "")}}, "", 2000},
		{"the pod's own and its overhead", corev1.PodSpec{Resources: cpu("2"), Overhead: overhead}, "", 2050},
		{"overhead counts with the pod's own only", corev1.PodSpec{Overhead: overhead, Containers: []corev1.Container{container("a", "1")}}, "", 1000},
		{"a named container goes before the pod's own", corev1.PodSpec{Resources: cpu("2"), Containers: []corev1.Container{container("a", "300m")}}, "a", 300},
		{"the pod's own leave the resource out", corev1.PodSpec{Resources: memory, Containers: []corev1.Container{container("a", "300m"), container("b", "")}}, "", 300},
		{"then the start counts if it needs more", corev1.PodSpec{
			Resources:      memory,
			Containers:     []corev1.Container{container("a", "300m")},
			InitContainers: []corev1.Container{restartableContainer("sidecar", "100m"), container("once", "1"), restartableContainer("late", "700m")},
		}, "", 1100},
		{"and nobody requests it", corev1.PodSpec{Resources: memory, Containers: []corev1.Container{container("a", "")}}, "", -1},
		{"the pod's own of a kind it cannot have", corev1.PodSpec{Resources: unsupported, Containers: []corev1.Container{container("a", "300m")}}, "", 300},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := pod("p0", corev1.PodRunning)
			p.Spec = test.spec
			got, err := requestsOf([]*corev1.Pod{p}, test.container, corev1.ResourceCPU)
			if (err != nil) != (test.want < 0) || err == nil && got["p0"] != test.want {
				t.Errorf("got %v, %v; want %d", got, err, test.want)
			}
		})
	}
}
