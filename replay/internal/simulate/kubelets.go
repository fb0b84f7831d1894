package simulate

import (
	"time"

	"k8s.io/metrics/pkg/apis/metrics/v1beta1"

	"userscale.dev/userscale/replay/internal/workload"
)

// kubelets measure the model's pods. What metrics-server makes of it is for each pod the mean between its last two measurements, with
// their distance as the window. A pod that was measured once has no value yet.
type kubelets struct {
	objects *objects
	before  map[int]measurement
}

// measurement is what a kubelet says of a pod.
type measurement struct {
	at         time.Time
	cpuSeconds float64
}

// measure returns what is to be served of all that kubelets say now.
func (k *kubelets) measure(pods []*workload.Pod, now time.Time) []v1beta1.PodMetrics {
	current := make(map[int]measurement, len(pods))
	var serve []v1beta1.PodMetrics
	for _, p := range pods {
		if !p.IsRunning(now) {
			continue
		}
		is := measurement{now, p.CPUSeconds}
		current[p.Ordinal] = is
		if was, ok := k.before[p.Ordinal]; ok {
			window := is.at.Sub(was.at)
			cores := map[string]float64{k.objects.container: (is.cpuSeconds - was.cpuSeconds) / window.Seconds()}
			serve = append(serve, podUsage(k.objects.namespace, k.objects.name(p), now, window, cores))
		}
	}
	k.before = current
	return serve
}
