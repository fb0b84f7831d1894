package simulate

import (
	"fmt"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/replay/internal/workload"
)

// labelKey is the label by which the model's pods are selected.
const labelKey = "app"

// objects turns the model's pods into the cluster's.
type objects struct {
	namespace, target string
	container         string
	request           resource.Quantity // of CPU
}

// uid is a pod's identity.
func uid(p *workload.Pod) types.UID { return types.UID(strconv.Itoa(p.Ordinal)) }

func (o *objects) name(p *workload.Pod) string { return fmt.Sprintf("%s-%05d", o.target, p.Ordinal) }

// pod is what the API server shows of a pod. It opts in to being scraped.
func (o *objects) pod(p *workload.Pod, now time.Time) *corev1.Pod {
	object := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: o.namespace, Name: o.name(p), UID: uid(p),
			Labels:            map[string]string{labelKey: o.target},
			Annotations:       map[string]string{"userscale.dev/scrape": "true", "userscale.dev/port": "8000"},
			CreationTimestamp: metav1.NewTime(p.Created),
		},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name:      o.container,
			Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: o.request}},
		}}},
		Status: corev1.PodStatus{Phase: corev1.PodPending},
	}
	if p.Deleting() {
		deleted := metav1.NewTime(p.Deleted)
		object.DeletionTimestamp = &deleted
	}
	if p.IsRunning(now) {
		// The API has whole seconds: a pod looks older than it is, never younger.
		started := metav1.NewTime(p.Running.Truncate(time.Second))
		object.Status.Phase, object.Status.StartTime = corev1.PodRunning, &started
		object.Status.PodIP = fmt.Sprintf("10.%d.%d.%d", p.Ordinal>>16&255, p.Ordinal>>8&255, p.Ordinal&255)
		object.Status.Conditions = []corev1.PodCondition{o.ready(p, now)}
	}
	return object
}

func (o *objects) ready(p *workload.Pod, now time.Time) corev1.PodCondition {
	if now.Before(p.Ready) {
		return corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionFalse, LastTransitionTime: metav1.NewTime(p.Running)}
	}
	return corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: metav1.NewTime(p.Ready)}
}
