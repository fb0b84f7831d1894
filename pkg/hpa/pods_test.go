package hpa

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func pod(name string, phase corev1.PodPhase) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name}, Status: corev1.PodStatus{Phase: phase}}
}

// readyPod has been ready for an hour, and its one container requests cpu.
func readyPod(name, cpu string) *corev1.Pod {
	p := pod(name, corev1.PodRunning)
	p.Spec.Containers = []corev1.Container{container("app", cpu)}
	at := metav1.NewTime(now.Add(-time.Hour))
	p.Status.StartTime = &at
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: at}}
	return p
}

func container(name, cpu string) corev1.Container {
	c := corev1.Container{Name: name}
	if cpu != "" {
		c.Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu)}
	}
	return c
}

func restartableContainer(name, cpu string) corev1.Container {
	c, always := container(name, cpu), corev1.ContainerRestartPolicyAlways
	c.RestartPolicy = &always
	return c
}

// running is n running pods, p0 and so on, each requesting a CPU.
func running(n int) []*corev1.Pod {
	pods := make([]*corev1.Pod, n)
	for i := range pods {
		pods[i] = readyPod(fmt.Sprintf("p%d", i), "1")
	}
	return pods
}

// readings are those of p0 and so on, in thousandths.
func readings(milli ...int64) map[string]Reading {
	m := map[string]Reading{}
	for i, v := range milli {
		m[fmt.Sprintf("p%d", i)] = Reading{Milli: v, Time: now, Window: time.Minute}
	}
	return m
}

func sync(replicas int32, tolerances Tolerances, pods []*corev1.Pod) Sync {
	return Sync{Now: now, Replicas: replicas, Pods: pods, Tolerances: tolerances,
		CPUInitializationPeriod: DefaultCPUInitializationPeriod, InitialReadinessDelay: DefaultInitialReadinessDelay}
}
