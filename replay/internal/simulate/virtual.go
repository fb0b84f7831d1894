package simulate

import (
	"math"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// virtual turns the times of a recording into those of its replay, which are earlier by whole seconds: what has a fraction of a second
// keeps it, and so the API's timestamps are cut where they were.
type virtual struct {
	began time.Time
	shift time.Duration
}

// virtualSince has a recording begin in the second that now is the beginning of.
func virtualSince(now, began time.Time) virtual {
	return virtual{began: now.Add(time.Duration(began.Nanosecond())), shift: began.Truncate(time.Second).Sub(now)}
}

// after is a number of seconds after the beginning, in whole milliseconds.
func after(seconds float64) time.Duration {
	return time.Duration(math.Round(seconds*1000)) * time.Millisecond
}

// at is so many seconds after the beginning.
func (v virtual) at(seconds float64) time.Time { return v.began.Add(after(seconds)) }

// moved is a time of a timestamp.
func (v virtual) moved(t time.Time) time.Time { return t.Add(-v.shift) }

func (v virtual) move(t *metav1.Time) {
	if !t.IsZero() { // nor nil
		t.Time = v.moved(t.Time)
	}
}

// pod returns the pod with its times moved.
func (v virtual) pod(p *corev1.Pod) *corev1.Pod {
	p = p.DeepCopy()
	v.move(&p.CreationTimestamp)
	v.move(p.DeletionTimestamp)
	v.move(p.Status.StartTime)
	for i := range p.Status.Conditions {
		v.move(&p.Status.Conditions[i].LastTransitionTime)
	}
	return p
}

// status returns the status with its times moved.
func (v virtual) status(s *autoscalingv2.HorizontalPodAutoscalerStatus) autoscalingv2.HorizontalPodAutoscalerStatus {
	s = s.DeepCopy()
	v.move(s.LastScaleTime)
	for i := range s.Conditions {
		v.move(&s.Conditions[i].LastTransitionTime)
	}
	return *s
}
