package hpa

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestStartingPodsOfCPU(t *testing.T) {
	const window, never = time.Minute, time.Duration(-1)
	tests := []struct {
		name            string
		started, turned time.Duration // ago
		ready           corev1.ConditionStatus
		measured        time.Duration // ago
		pending         bool
	}{
		{"long ready", time.Hour, time.Hour, corev1.ConditionTrue, 0, false},
		{"was ready, is not: its load counts", time.Hour, time.Minute, corev1.ConditionFalse, 0, false},
		{"never ready", time.Hour, time.Hour - 29*time.Second, corev1.ConditionFalse, 0, true},
		{"turned at the end of the delay", time.Hour, time.Hour - 30*time.Second, corev1.ConditionFalse, 0, false},
		{"unknown passes for ready", time.Hour, time.Hour, corev1.ConditionUnknown, 0, false},
		{"starting, not ready", 4 * time.Minute, 2 * time.Minute, corev1.ConditionFalse, 0, true},
		{"starting, a whole window since ready", 4 * time.Minute, time.Minute, corev1.ConditionTrue, 0, false},
		{"starting, the window is older than ready", 4 * time.Minute, time.Minute, corev1.ConditionTrue, time.Second, true},
		{"exactly initialized", 5 * time.Minute, time.Second, corev1.ConditionTrue, time.Second, false},
		{"just not initialized", 5*time.Minute - 1, time.Second, corev1.ConditionTrue, time.Second, true},
		{"no start time", never, time.Hour, corev1.ConditionTrue, 0, true},
		{"no condition", time.Hour, never, corev1.ConditionTrue, 0, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := pod("p0", corev1.PodRunning)
			if test.started != never {
				p.Status.StartTime = &metav1.Time{Time: now.Add(-test.started)}
			}
			if test.turned != never {
				p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: test.ready, LastTransitionTime: metav1.NewTime(now.Add(-test.turned))}}
			}
			s := sync(1, Tolerances{}, []*corev1.Pod{p})
			values := map[string]Reading{"p0": {Milli: 1, Time: now.Add(-test.measured), Window: window}}
			g, counted := s.group(corev1.ResourceCPU, values)
			if got := len(g.Pending) == 1; got != test.pending || got == (len(counted) == 1) {
				t.Errorf("pending: %v with %d values, want %v", got, len(counted), test.pending)
			}
			if g, _ := s.group(corev1.ResourceMemory, values); len(g.Counted) != 1 {
				t.Error("only CPU knows starting pods")
			}
		})
	}
}
