package simulate

import (
	"testing"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// What is a second apart stays so, and what is cut to whole seconds is cut at the same places.
func TestVirtual(t *testing.T) {
	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	began := time.Date(2026, 11, 24, 12, 0, 7, 250e6, time.UTC)
	v := virtualSince(now, began)
	if at := v.at(-10.0004); !at.Equal(now.Add(-9750 * time.Millisecond)) {
		t.Errorf("10 s before the beginning is %v", at)
	}
	second := func(n int) metav1.Time {
		return metav1.NewTime(began.Truncate(time.Second).Add(time.Duration(n) * time.Second))
	}
	deleted, started, scaled := second(3), second(-60), second(-20)
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{CreationTimestamp: second(-61), DeletionTimestamp: &deleted},
		Status:     corev1.PodStatus{StartTime: &started, Conditions: []corev1.PodCondition{{Type: corev1.PodReady, LastTransitionTime: second(-58)}}},
	}
	status := &autoscalingv2.HorizontalPodAutoscalerStatus{LastScaleTime: &scaled, Conditions: []autoscalingv2.HorizontalPodAutoscalerCondition{{LastTransitionTime: second(-300)}}}
	p, s := v.pod(pod), v.status(status)
	for i, moved := range []struct {
		got     *metav1.Time
		seconds int
	}{
		{&p.CreationTimestamp, -61}, {p.DeletionTimestamp, 3}, {p.Status.StartTime, -60}, {&p.Status.Conditions[0].LastTransitionTime, -58},
		{s.LastScaleTime, -20}, {&s.Conditions[0].LastTransitionTime, -300},
	} {
		if want := now.Add(time.Duration(moved.seconds) * time.Second); !moved.got.Time.Equal(want) {
			t.Errorf("time %d is %v, want %v", i, moved.got, want)
		}
	}
	if *pod.Status.StartTime != second(-60) || *status.LastScaleTime != second(-20) {
		t.Error("what was recorded has changed")
	}
	if p := v.pod(&corev1.Pod{}); !p.CreationTimestamp.IsZero() || p.DeletionTimestamp != nil || p.Status.StartTime != nil {
		t.Errorf("a pod without times has got some: %+v", p)
	}
}
