package discover

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// strip leaves of an object only what is read later: in a large cluster the rest is most of the memory.
func (a *annotations) strip(object any) (any, error) {
	switch o := object.(type) {
	case *corev1.Pod:
		return a.stripPod(o), nil
	case *autoscalingv2.HorizontalPodAutoscaler:
		hpa := &autoscalingv2.HorizontalPodAutoscaler{
			ObjectMeta: identity(o.ObjectMeta),
			Spec:       autoscalingv2.HorizontalPodAutoscalerSpec{ScaleTargetRef: o.Spec.ScaleTargetRef},
		}
		hpa.Annotations = ownAnnotations(o.Annotations)
		return hpa, nil
	case *corev1.Service:
		return stripService(o), nil
	case *appsv1.Deployment:
		return &appsv1.Deployment{ObjectMeta: identity(o.ObjectMeta), Spec: appsv1.DeploymentSpec{Selector: o.Spec.Selector}}, nil
	case *appsv1.StatefulSet:
		return &appsv1.StatefulSet{ObjectMeta: identity(o.ObjectMeta), Spec: appsv1.StatefulSetSpec{Selector: o.Spec.Selector}}, nil
	case *appsv1.ReplicaSet:
		return &appsv1.ReplicaSet{ObjectMeta: identity(o.ObjectMeta), Spec: appsv1.ReplicaSetSpec{Selector: o.Spec.Selector}}, nil
	default: // a tombstone
		return object, nil
	}
}

func identity(m metav1.ObjectMeta) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: m.Namespace, Name: m.Name, UID: m.UID, ResourceVersion: m.ResourceVersion}
}

// ownAnnotations are the ones meant for the adapter; nil if there are none.
func ownAnnotations(all map[string]string) map[string]string {
	var own map[string]string
	for key, value := range all {
		if strings.HasPrefix(key, annotationPrefix) {
			if own == nil {
				own = map[string]string{}
			}
			own[key] = value
		}
	}
	return own
}

func (a *annotations) stripPod(p *corev1.Pod) *corev1.Pod {
	pod := &corev1.Pod{
		ObjectMeta: identity(p.ObjectMeta),
		Status:     corev1.PodStatus{Phase: p.Status.Phase, PodIP: p.Status.PodIP, StartTime: p.Status.StartTime},
	}
	pod.Labels = p.Labels
	pod.DeletionTimestamp = p.DeletionTimestamp
	pod.Annotations = a.of(p.Annotations)
	for _, c := range p.Spec.Containers {
		if len(c.Ports) > 0 {
			pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: c.Name, Ports: c.Ports})
		}
	}
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			pod.Status.Conditions = []corev1.PodCondition{{Type: c.Type, Status: c.Status, LastTransitionTime: c.LastTransitionTime}}
		}
	}
	return pod
}

// stripService drops the selector of an ExternalName too: such a Service has no pods, whatever selector it was left with.
func stripService(o *corev1.Service) *corev1.Service {
	service := &corev1.Service{ObjectMeta: identity(o.ObjectMeta)}
	if o.Spec.Type != corev1.ServiceTypeExternalName {
		service.Spec.Selector = o.Spec.Selector
	}
	return service
}
