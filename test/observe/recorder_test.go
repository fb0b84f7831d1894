package observe

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

func event(uid string, count int32, at time.Time, message string) corev1.Event {
	return corev1.Event{
		ObjectMeta: metav1.ObjectMeta{UID: types.UID(uid)}, Reason: "SuccessfulRescale", Type: corev1.EventTypeNormal,
		Count: count, LastTimestamp: metav1.NewTime(at), Message: message,
	}
}

// Each decision is taken once, with the status of its own sync, also where the event recorder has begun to combine events.
func TestTakeEvents(t *testing.T) {
	now := time.Unix(1000, 0)
	r := NewRecorder(nil, "ns", "hpa", nil)
	first := event("a", 1, now, "New size: 3; reason: All metrics below target")
	before := Observation{Time: now, Current: 6, Desired: 6}
	after := Observation{Time: now.Add(time.Second), Current: 6, Desired: 3}

	r.takeEventsLocked([]corev1.Event{first}, before)
	if got := r.RescalesSince(now); len(got) != 0 {
		t.Fatalf("took %+v before the status of that sync was there", got)
	}
	r.takeEventsLocked([]corev1.Event{first}, after)
	r.takeEventsLocked([]corev1.Event{first}, after)
	tenth := event("b", 1, now.Add(15*time.Second), "(combined from similar events): New size: 2; reason: All metrics below target")
	r.takeEventsLocked([]corev1.Event{first, tenth}, Observation{Time: now.Add(16 * time.Second), Current: 3, Desired: 2})

	want := []Rescale{{From: 6, To: 3}, {From: 3, To: 2}}
	got := r.RescalesSince(now)
	if len(got) != len(want) {
		t.Fatalf("got %+v, want %d decisions", got, len(want))
	}
	for i := range want {
		if got[i].From != want[i].From || got[i].To != want[i].To || got[i].Reason != "All metrics below target" {
			t.Errorf("decision %d is %+v, want %d→%d", i, got[i], want[i].From, want[i].To)
		}
	}
}
