package simulate

import (
	"context"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/metrics/pkg/apis/metrics/v1beta1"
	metricsclient "k8s.io/metrics/pkg/client/clientset/versioned/typed/metrics/v1beta1"

	"userscale.dev/userscale/replay/internal/workload"
)

// metricsServer serves CPU as metrics-server does: for each pod the mean between its last two measurements, with their distance as the
// window. A pod that was measured once has no value yet. It implements metricsclient.PodMetricsesGetter.
type metricsServer struct {
	objects *objects

	mu      sync.Mutex // guards last
	before  map[int]measurement
	serving []v1beta1.PodMetrics
}

// measurement is what a kubelet says of a pod.
type measurement struct {
	at         time.Time
	cpuSeconds float64
}

// measure takes what all kubelets say now. What comes of it is served when publish is called.
func (m *metricsServer) measure(pods []*workload.Pod, now time.Time) (publish func(time.Time)) {
	current := make(map[int]measurement, len(pods))
	var serve []v1beta1.PodMetrics
	for _, p := range pods {
		if !p.IsRunning(now) {
			continue
		}
		is := measurement{now, p.CPUSeconds}
		current[p.Ordinal] = is
		if was, ok := m.before[p.Ordinal]; ok {
			serve = append(serve, m.item(p, was, is))
		}
	}
	m.before = current
	return func(time.Time) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.serving = serve
	}
}

func (m *metricsServer) item(p *workload.Pod, was, is measurement) v1beta1.PodMetrics {
	window := is.at.Sub(was.at)
	cores := (is.cpuSeconds - was.cpuSeconds) / window.Seconds()
	return v1beta1.PodMetrics{
		ObjectMeta: metav1.ObjectMeta{Namespace: m.objects.namespace, Name: m.objects.name(p)},
		Timestamp:  metav1.NewTime(is.at.Truncate(time.Second)), // the API has whole seconds
		Window:     metav1.Duration{Duration: window},
		Containers: []v1beta1.ContainerMetrics{{
			Name:  m.objects.container,
			Usage: corev1.ResourceList{corev1.ResourceCPU: *resource.NewScaledQuantity(int64(cores*1e9), resource.Nano)},
		}},
	}
}

// PodMetricses implements metricsclient.PodMetricsesGetter.
func (m *metricsServer) PodMetricses(string) metricsclient.PodMetricsInterface {
	return podMetrics{server: m}
}

type podMetrics struct {
	metricsclient.PodMetricsInterface // nil: a call of any other method is a mistake, and panics

	server *metricsServer
}

// List implements metricsclient.PodMetricsInterface. All pods are the HPA's.
func (p podMetrics) List(context.Context, metav1.ListOptions) (*v1beta1.PodMetricsList, error) {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	return &v1beta1.PodMetricsList{Items: p.server.serving}, nil
}
