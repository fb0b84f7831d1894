package dcgm

import (
	"net"

	"userscale.dev/userscale/pkg/sample"
)

// isExporter says whether a series is credited to an exporter's own pod: all GPUs of a job are idle, so that no series has a
// workload, and what Prometheus adds is taken for one. NVIDIA's own pods are known by their labels, others by being where the
// series was scraped, which says something only of labels that Prometheus may have added: a host's network is many pods'.
func isExporter(l Labels, v int, pod sample.Pod) bool {
	if pod.Labels["app.kubernetes.io/name"] == "dcgm-exporter" || pod.Labels["app"] == "nvidia-dcgm-exporter" {
		return true
	}
	host, _, err := net.SplitHostPort(l.Get("instance"))
	return err == nil && host == pod.IP && v == plain
}
