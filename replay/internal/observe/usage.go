package observe

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/metrics/pkg/apis/metrics/v1beta1"

	"userscale.dev/userscale/replay/internal/recording"
)

// askUsage takes what metrics.k8s.io serves, as the HPA controller asks for it.
func (r *run) askUsage(ctx context.Context) error {
	list, err := r.from.Metrics.MetricsV1beta1().PodMetricses(r.config.Namespace).List(ctx, metav1.ListOptions{LabelSelector: r.selector})
	if err != nil {
		return fmt.Errorf("metrics.k8s.io: %w", err)
	}
	r.journal.setUsage(usageOf(list.Items))
	return nil
}

func usageOf(items []v1beta1.PodMetrics) *recording.Usage {
	u := &recording.Usage{Pods: make([]recording.PodUsage, len(items))}
	for i := range items {
		m := &items[i]
		u.Pods[i] = recording.PodUsage{Pod: m.Name, At: m.Timestamp.UTC(), Window: m.Window.Seconds(), Containers: map[string]float64{}}
		for _, c := range m.Containers {
			if cpu, ok := c.Usage[corev1.ResourceCPU]; ok {
				u.Pods[i].Containers[c.Name] = cpu.AsApproximateFloat64()
			}
		}
	}
	slices.SortFunc(u.Pods, func(a, b recording.PodUsage) int { return strings.Compare(a.Pod, b.Pod) })
	return u
}

// setUsage enters what is served now if it is something else than before.
func (j *journal) setUsage(u *recording.Usage) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if reflect.DeepEqual(j.usage, u) {
		return
	}
	j.usage = u
	j.addLocked(recording.Event{T: j.nowLocked(), Usage: u})
}
