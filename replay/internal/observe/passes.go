package observe

import (
	"fmt"
	"maps"
	"math"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"userscale.dev/userscale/replay/internal/recording"
)

// now is the HPA as last seen.
func (j *journal) now() *autoscalingv2.HorizontalPodAutoscaler {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.hpa
}

// setHPA enters a pass, and a rescale where it was one. The error is that the HPA is not the one that the recording is of any more.
func (j *journal) setHPA(h *autoscalingv2.HorizontalPodAutoscaler) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	was := j.hpa
	j.hpa = h
	if was == nil {
		return nil
	}
	if was.UID != h.UID || !apiequality.Semantic.DeepEqual(was.Spec, h.Spec) || !maps.Equal(readAnnotations(was.Annotations), readAnnotations(h.Annotations)) {
		return fmt.Errorf("HPA %s was changed: a recording is of one that stays as it is", h.Name)
	}
	if apiequality.Semantic.DeepEqual(was.Status, h.Status) {
		return nil
	}
	now := j.nowLocked()
	if s := &h.Status; !s.LastScaleTime.Equal(was.Status.LastScaleTime) && s.CurrentReplicas != s.DesiredReplicas {
		j.counts.rescales++
		j.addLocked(recording.Event{T: now, Rescale: &recording.Rescale{From: s.CurrentReplicas, To: s.DesiredReplicas}})
	}
	j.counts.passes++
	j.addLocked(recording.Event{T: now, Pass: &recording.Pass{Status: h.Status}})
	return nil
}

// trimHPA leaves of an HPA what decides.
func trimHPA(h *autoscalingv2.HorizontalPodAutoscaler) *autoscalingv2.HorizontalPodAutoscaler {
	return &autoscalingv2.HorizontalPodAutoscaler{
		TypeMeta: metav1.TypeMeta{APIVersion: autoscalingv2.SchemeGroupVersion.String(), Kind: "HorizontalPodAutoscaler"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: h.Namespace, Name: h.Name, UID: h.UID, Annotations: readAnnotations(h.Annotations),
			CreationTimestamp: h.CreationTimestamp, Generation: h.Generation,
		},
		Spec: h.Spec, Status: h.Status,
	}
}

// posted is a rescale as the controller tells of it.
type posted struct {
	at     float64
	to     int32
	reason string
}

// apart is by how much the events of one rescale can come at different times, in seconds: either can be the first.
const apart = 10

// combined is what the event recorder puts before a message from the tenth event of a kind within ten minutes on.
const combined = "(combined from similar events): "

// post takes an event of the HPA.
func (j *journal) post(e *corev1.Event) {
	size, reason, ok := strings.Cut(strings.TrimPrefix(e.Message, combined), "; reason: ")
	p := posted{reason: reason}
	if e.Reason != "SuccessfulRescale" || !ok {
		return
	}
	if _, err := fmt.Sscanf(size, "New size: %d", &p.to); err != nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	p.at = j.nowLocked()
	j.posted = append(j.posted, p)
}

// giveReasonsLocked gives each rescale the reason that was posted nearest to it.
func (j *journal) giveReasonsLocked() {
	for i := range j.events {
		r := j.events[i].Rescale
		if r == nil {
			continue
		}
		nearest := float64(apart)
		for _, p := range j.posted {
			if d := math.Abs(p.at - j.events[i].T); p.to == r.To && d < nearest {
				r.Reason, nearest = p.reason, d
			}
		}
	}
}
