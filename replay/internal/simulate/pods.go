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

// pod is what the API server shows of a pod, in whole seconds. A kubelet acknowledged it when it was created. It opts in to being scraped.
func (o *objects) pod(p *workload.Pod, now time.Time) *corev1.Pod {
	created := seconds(p.Created)
	object := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: o.namespace, Name: o.name(p), UID: uid(p),
			Labels:            map[string]string{labelKey: o.target},
			Annotations:       map[string]string{"userscale.dev/scrape": "true", "userscale.dev/port": "8000"},
			CreationTimestamp: created,
		},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name:      o.container,
			Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: o.request}},
		}}},
		Status: corev1.PodStatus{
			Phase: corev1.PodPending, StartTime: &created,
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionFalse, LastTransitionTime: created}},
		},
	}
	if p.Deleting() {
		deleted := seconds(p.Deleted)
		object.DeletionTimestamp = &deleted
	}
	if p.IsRunning(now) {
		object.Status.Phase = corev1.PodRunning
		object.Status.PodIP = fmt.Sprintf("10.%d.%d.%d", p.Ordinal>>16&255, p.Ordinal>>8&255, p.Ordinal&255)
	}
	if !now.Before(p.Ready) {
		object.Status.Conditions[0].Status, object.Status.Conditions[0].LastTransitionTime = corev1.ConditionTrue, seconds(p.Ready)
	}
	return object
}

// seconds is a moment as it travels: the whole second before.
func seconds(at time.Time) metav1.Time { return metav1.NewTime(at.Truncate(time.Second)) }
