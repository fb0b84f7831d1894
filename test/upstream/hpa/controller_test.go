package hpa_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	scalefake "k8s.io/client-go/scale/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"

	"userscale.dev/userscale/pkg/hpa"
)

// forgetful as a stabilization window makes the controller take the newest recommendation alone: the memory is not ours to compare.
const forgetful = -time.Second

// decision is what the controller did in its first pass.
type decision struct {
	replicas                int32
	active, activeReason    string // the condition ScalingActive; reasons are empty where there is no condition
	activeText, limitReason string // limitReason is that of ScalingLimited
}

// decide runs upstream's controller for one pass over h, whose target has current replicas and is one ready pod.
func decide(t *testing.T, h *autoscalingv2.HorizontalPodAutoscaler, current int32, served pass) decision {
	var d decision
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Second) // less than the 15 s to the second pass
		defer stop()
		client := fake.NewClientset(h, readyPod())
		after := h // unless the status is updated
		client.PrependReactor("update", "horizontalpodautoscalers", func(a clienttesting.Action) (bool, runtime.Object, error) {
			after = a.(clienttesting.UpdateAction).GetObject().(*autoscalingv2.HorizontalPodAutoscaler)
			return true, after, nil
		})
		factory := informers.NewSharedInformerFactory(client, 0)
		apps := schema.GroupVersion{Group: "apps", Version: "v1"}
		mapper := meta.NewDefaultRESTMapper([]schema.GroupVersion{apps})
		mapper.Add(apps.WithKind("Deployment"), meta.RESTScopeNamespace)
		d.replicas = current
		controller := podautoscaler.NewHorizontalController(ctx, client.CoreV1(), deployment(current, &d.replicas), client.AutoscalingV2(), mapper, served,
			factory.Autoscaling().V2().HorizontalPodAutoscalers(), factory.Core().V1().Pods(),
			15*time.Second, forgetful, hpa.DefaultTolerance, hpa.DefaultCPUInitializationPeriod, hpa.DefaultInitialReadinessDelay)
		factory.Start(ctx.Done())
		controller.Run(ctx, 1)
		factory.Shutdown()

		for _, c := range after.Status.Conditions {
			switch c.Type {
			case autoscalingv2.ScalingActive:
				d.active, d.activeReason, d.activeText = string(c.Status), c.Reason, c.Message
			case autoscalingv2.ScalingLimited:
				d.limitReason = c.Reason
			}
		}
	})
	return d
}

// deployment is a scale target that keeps saying current, and notes what it is set to.
func deployment(current int32, set *int32) *scalefake.FakeScaleClient {
	c := &scalefake.FakeScaleClient{}
	c.AddReactor("get", "deployments", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, &autoscalingv1.Scale{
			ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: namespace},
			Spec:       autoscalingv1.ScaleSpec{Replicas: current},
			Status:     autoscalingv1.ScaleStatus{Replicas: current, Selector: "app=web"},
		}, nil
	})
	c.AddReactor("update", "deployments", func(a clienttesting.Action) (bool, runtime.Object, error) {
		scale := a.(clienttesting.UpdateAction).GetObject().(*autoscalingv1.Scale)
		*set = scale.Spec.Replicas
		return true, scale, nil
	})
	return c
}

func readyPod() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "web-0", Namespace: namespace, Labels: map[string]string{"app": "web"}},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, StartTime: ago(time.Hour),
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: *ago(time.Hour)}},
		},
	}
}

// pass is what one pass finds: the milli value of each metric by name. A metric that is not in it cannot be had.
type pass map[string]int64

var errUnavailable = errors.New("unavailable")

func (p pass) GetRawMetric(name, _ string, _, _ labels.Selector) (metrics.PodMetricsInfo, time.Time, error) {
	v, ok := p[name]
	if !ok {
		return nil, time.Time{}, errUnavailable
	}
	return metrics.PodMetricsInfo{"web-0": {Value: v}}, time.Now(), nil
}

func (p pass) GetExternalMetric(name, _ string, _ labels.Selector) ([]int64, time.Time, error) {
	v, ok := p[name]
	if !ok {
		return nil, time.Time{}, errUnavailable
	}
	return []int64{v}, time.Now(), nil
}

func (p pass) GetResourceMetric(context.Context, corev1.ResourceName, string, labels.Selector, string) (metrics.PodMetricsInfo, time.Time, error) {
	return nil, time.Time{}, errUnavailable
}

func (p pass) GetObjectMetric(string, string, *autoscalingv2.CrossVersionObjectReference, labels.Selector) (int64, time.Time, error) {
	return 0, time.Time{}, errUnavailable
}
