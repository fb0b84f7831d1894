package hpa_test

import (
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"userscale.dev/userscale/pkg/hpa"
)

// drawPods makes n pods that are all healthy, all alike in not counting, or of all kinds.
func drawPods(t *rapid.T, n int) []*corev1.Pod {
	running := slices.Repeat([]corev1.PodPhase{corev1.PodRunning}, 8)
	phases, deleting, odd := running, 0, 0
	switch rapid.SampledFrom([]string{"healthy", "healthy", "healthy", "mixed", "mixed", "mixed", "surging", "starting", "pending", "ignored"}).Draw(t, "shape") {
	case "mixed":
		phases, deleting = slices.Concat(running, []corev1.PodPhase{corev1.PodPending, corev1.PodFailed, corev1.PodSucceeded, corev1.PodUnknown}), 10
		odd = rapid.SampledFrom([]int{0, 0, 0, 20}).Draw(t, "percent odd")
	case "surging":
		phases = slices.Concat(running, []corev1.PodPhase{corev1.PodPending, corev1.PodPending})
	case "starting":
		odd = 80
	case "pending":
		phases = []corev1.PodPhase{corev1.PodPending}
	case "ignored":
		phases, deleting = []corev1.PodPhase{corev1.PodFailed, corev1.PodRunning}, 100
	}
	template := drawSpec(t)
	pods := make([]*corev1.Pod, n)
	for i := range pods {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("p%d", i), Namespace: namespace}, Spec: template}
		pod.Status.Phase = rapid.SampledFrom(phases).Draw(t, "phase")
		pod.Status.StartTime = ago(time.Hour)
		pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: *ago(time.Hour)}}
		if percent(t, deleting, "deleting") {
			pod.DeletionTimestamp = ago(0)
		}
		if percent(t, odd, "odd") {
			drawReadiness(t, &pod.Status)
		}
		if percent(t, odd/4, "other spec") {
			pod.Spec = drawSpec(t)
		}
		pods[i] = pod
	}
	return pods
}

func ago(d time.Duration) *metav1.Time {
	return &metav1.Time{Time: bubbleNow.Add(-d)}
}

// drawReadiness gives a pod a start and a readiness near the times that matter to CPU readings.
func drawReadiness(t *rapid.T, s *corev1.PodStatus) {
	started := rapid.SampledFrom([]time.Duration{0, hpa.DefaultCPUInitializationPeriod, time.Hour}).Draw(t, "started")
	s.StartTime = ago(started - drawNear(t, "started after"))
	c := &s.Conditions[0]
	c.Status = rapid.SampledFrom([]corev1.ConditionStatus{corev1.ConditionTrue, corev1.ConditionTrue, corev1.ConditionFalse, corev1.ConditionUnknown}).Draw(t, "ready")
	c.LastTransitionTime = metav1.NewTime(s.StartTime.Add(hpa.DefaultInitialReadinessDelay + drawNear(t, "turned after")))
	switch rapid.IntRange(0, 9).Draw(t, "status") {
	case 0:
		s.StartTime = nil
	case 1:
		s.Conditions = nil
	case 2:
		s.Conditions = append([]corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse}}, s.Conditions...)
	}
}

// drawSpec makes what a pod requests: mostly one container with every resource, and at times everything that can be said.
func drawSpec(t *rapid.T) corev1.PodSpec {
	spec := corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Resources: drawRequests(t, false)}}}
	if !percent(t, 25, "elaborate spec") {
		return spec
	}
	sometimes := func(name string) bool { return percent(t, 35, name) }
	spec.Containers[0].Resources = drawRequests(t, true)
	if sometimes("second container") {
		spec.Containers = append(spec.Containers, corev1.Container{Name: "sidecar", Resources: drawRequests(t, true)})
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "init containers") {
		c := corev1.Container{Name: fmt.Sprintf("init%d", i), Resources: drawRequests(t, true)}
		if always := corev1.ContainerRestartPolicyAlways; sometimes("restartable") {
			c.RestartPolicy = &always
		}
		spec.InitContainers = append(spec.InitContainers, c)
	}
	if sometimes("pod level") {
		r := drawRequests(t, true)
		spec.Resources = &r
	}
	if sometimes("overhead") {
		spec.Overhead = drawRequests(t, true).Requests
	}
	return spec
}

// drawRequests makes requests of every resource, or else of some, at times of 0.
func drawRequests(t *rapid.T, partly bool) corev1.ResourceRequirements {
	requests := corev1.ResourceList{}
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, "nvidia.com/gpu", "hugepages-2Mi"} {
		if partly && percent(t, 10, "no request") {
			continue
		}
		milli := rapid.SampledFrom([]int64{100, 250, 1000, 3000}).Draw(t, "request")
		if percent(t, 3, "zero request") {
			milli = 0
		}
		requests[name] = *resource.NewMilliQuantity(milli, resource.DecimalSI)
	}
	return corev1.ResourceRequirements{Requests: requests}
}

// firstRequest is what a pod's first container requests, in thousandths: of most pods all they request.
func firstRequest(p *corev1.Pod, name corev1.ResourceName) int64 {
	q := p.Spec.Containers[0].Resources.Requests[name]
	return q.MilliValue()
}
