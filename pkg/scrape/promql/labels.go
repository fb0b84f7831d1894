package promql

import (
	"net"

	"github.com/prometheus/common/model"

	"userscale.dev/userscale/pkg/sample"
)

// workload is where a series says which pod it is about.
type workload struct{ namespace, pod, container model.LabelName }

// Where a series has several of these, the first wins: with honor_labels off, Prometheus moves the exporter's labels to
// exported_* and sets the plain ones to the exporter's own pod. The last are those of dcgm-exporter 1.x.
var (
	exported = workload{"exported_namespace", "exported_pod", "exported_container"}
	plain    = workload{"namespace", "pod", "container"}
	legacy   = workload{"pod_namespace", "pod_name", "container_name"}
)

// owner is the pod, and the container in it, that a series is about.
type owner struct{ namespace, pod, container string }

func (w workload) of(series model.Metric) (owner, bool) {
	o := owner{string(series[w.namespace]), string(series[w.pod]), string(series[w.container])}
	return o, o.namespace != "" && o.pod != ""
}

// ownerOf reads a series' labels. Where any series of the answer has exported_pod, onlyExported is set: one without it is
// an idle GPU's, and its plain labels are the exporter's.
func ownerOf(series model.Metric, onlyExported bool) (owner, bool) {
	for _, w := range []workload{exported, plain, legacy} {
		if o, ok := w.of(series); ok {
			return o, true
		}
		if onlyExported {
			break
		}
	}
	return owner{}, false
}

// anyExported says whether the answer tells workloads from exporters by exported_pod.
func anyExported(points []Point) bool {
	for _, p := range points {
		if p.Labels[exported.pod] != "" {
			return true
		}
	}
	return false
}

// isExporter says that a GPU's series is credited to the very pod it was scraped from: all GPUs are idle, so that no series
// has a workload, and the labels are the exporter's.
func isExporter(series model.Metric, pod sample.Pod) bool {
	if series["UUID"] == "" {
		return false
	}
	host, _, err := net.SplitHostPort(string(series["instance"]))
	return err == nil && host == pod.IP
}
