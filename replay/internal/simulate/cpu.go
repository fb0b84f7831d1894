package simulate

import (
	"context"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/metrics/pkg/apis/metrics/v1beta1"
	metricsclient "k8s.io/metrics/pkg/client/clientset/versioned/typed/metrics/v1beta1"
)

// metricsServer serves what it is given of the pods' CPU. It implements metricsclient.PodMetricsesGetter.
type metricsServer struct {
	mu      sync.Mutex // guards serving
	serving []v1beta1.PodMetrics
}

// serve replaces what is served. The caller no longer owns the slice.
func (m *metricsServer) serve(items []v1beta1.PodMetrics) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.serving = items
}

// podUsage is one pod's use of CPU as it is served: the timestamp in the API's whole seconds, the cores of each container.
func podUsage(namespace, pod string, at time.Time, window time.Duration, cores map[string]float64) v1beta1.PodMetrics {
	item := v1beta1.PodMetrics{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: pod},
		Timestamp:  seconds(at), Window: metav1.Duration{Duration: window},
	}
	for _, name := range slices.Sorted(maps.Keys(cores)) {
		usage := corev1.ResourceList{corev1.ResourceCPU: *resource.NewScaledQuantity(int64(math.Round(cores[name]*1e9)), resource.Nano)}
		item.Containers = append(item.Containers, v1beta1.ContainerMetrics{Name: name, Usage: usage})
	}
	return item
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
