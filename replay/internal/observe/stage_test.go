package observe

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/metrics/pkg/apis/metrics/v1beta1"
	metricsfake "k8s.io/metrics/pkg/client/clientset/versioned/fake"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/explain"
	"userscale.dev/userscale/pkg/sample"
)

// stage is a cluster of fakes with an HPA in it, and an adapter that says what a test has it say.
type stage struct {
	kube    *fake.Clientset
	metrics *metricsfake.Clientset

	mu      sync.Mutex // guards what follows
	report  explain.Report
	samples map[string]measured
	usage   []v1beta1.PodMetrics
	away    error         // why the adapter does not answer
	ahead   time.Duration // the adapter's clock
}

type measured struct {
	value  float64
	at     time.Time
	failed sample.Reason
}

const users, target = "active_users_per_pod", "web"

func newStage(pods ...string) *stage {
	s := &stage{kube: fake.NewClientset(theHPA()), metrics: metricsfake.NewSimpleClientset(), report: theReport(), samples: map[string]measured{}}
	for _, name := range pods {
		_ = s.kube.Tracker().Add(thePod(name))
	}
	s.metrics.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return true, &v1beta1.PodMetricsList{Items: s.usage}, nil
	})
	return s
}

func theHPA() *autoscalingv2.HorizontalPodAutoscaler {
	least, ten, sixty := int32(1), resource.MustParse("10"), int32(60)
	return &autoscalingv2.HorizontalPodAutoscaler{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: target, UID: "h", ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "kubectl"}}},
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: target},
			MinReplicas:    &least, MaxReplicas: 9,
			Metrics: []autoscalingv2.MetricSpec{
				{Type: autoscalingv2.PodsMetricSourceType, Pods: &autoscalingv2.PodsMetricSource{
					Metric: autoscalingv2.MetricIdentifier{Name: users},
					Target: autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: &ten}}},
				{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricSource{
					Name: corev1.ResourceCPU, Target: autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &sixty}}},
			},
		},
		Status: autoscalingv2.HorizontalPodAutoscalerStatus{CurrentReplicas: 1, DesiredReplicas: 1},
	}
}

func thePod(name string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID("uid of " + name), Labels: map[string]string{"app": target}},
		Spec:       corev1.PodSpec{NodeName: "n", Containers: []corev1.Container{{Name: "c", Image: "i"}}},
		Status:     corev1.PodStatus{Phase: corev1.PodRunning, Message: "of no interest"},
	}
}

// theReport is what the adapter says, without pods.
func theReport() explain.Report {
	smoothed, one := 12.5, int32(1)
	return explain.Report{
		Namespace: "shop", Name: target, Target: explain.Target{Kind: "Deployment", Name: target, Selector: "app=web"},
		Replicas: explain.Replicas{Current: &one},
		Metrics: []explain.Metric{
			{Type: autoscalingv2.PodsMetricSourceType, Name: users, Total: &explain.Total{Smoothed: &smoothed, RiseHalfLifeSeconds: 10, FallHalfLifeSeconds: 60}},
			{Type: autoscalingv2.ResourceMetricSourceType, Name: "cpu"},
		},
	}
}

// explain answers, by the adapter's clock.
func (s *stage) explain(ctx context.Context) (explain.List, error) {
	s.mu.Lock()
	slow := errors.Is(s.away, errSlow)
	s.mu.Unlock()
	if slow {
		<-ctx.Done()
		return explain.List{}, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.report
	r.Time = time.Now().Add(s.ahead).UTC()
	r.Metrics = slices.Clone(r.Metrics)
	for _, name := range slices.Sorted(maps.Keys(s.samples)) {
		x := s.samples[name]
		age := time.Since(x.at).Seconds()
		r.Metrics[0].Pods = append(r.Metrics[0].Pods, explain.Pod{Name: name, Raw: &x.value, AgeSeconds: &age, Reason: string(x.failed)})
	}
	return explain.List{Items: []explain.Report{r}}, s.away
}

// say changes what the stage answers.
func (s *stage) say(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// value is a collection of one pod.
func (s *stage) value(pod string, value float64) {
	s.say(func() { s.samples[pod] = measured{value: value, at: time.Now()} })
}

// failure is one that failed.
func (s *stage) failure(pod string, reason sample.Reason) {
	s.say(func() {
		x := s.samples[pod]
		x.failed = reason
		s.samples[pod] = x
	})
}

func (s *stage) cluster() Cluster {
	return Cluster{Kube: s.kube, Metrics: s.metrics, Explain: s.explain}
}

func shipped(t *testing.T) *config.AdapterConfiguration {
	t.Helper()
	c, err := config.Load("", func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var (
	errAway = errors.New("the adapter is away")
	errSlow = errors.New("the adapter takes its time")
)
