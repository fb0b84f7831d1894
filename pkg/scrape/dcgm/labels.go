package dcgm

import "cmp"

// Labels are a series' labels. Get returns the empty string for a label that is not there.
type Labels interface {
	Get(name string) string
}

// variant is a set of labels by which a series names the pod that has the GPU.
type variant struct{ namespace, pod string }

// The variants, the best first. With honor_labels off, as in NVIDIA's chart, Prometheus moves the exporter's labels to exported_*
// and sets the plain ones to the exporter's own pod. The labels of dcgm-exporter 1.x collide with none that Prometheus sets, so
// that beside them too the plain ones are the exporter's.
var variants = []variant{
	{"exported_namespace", "exported_pod"},
	{"pod_namespace", "pod_name"},
	{"namespace", "pod"},
}

// plain is the index of the variant that Prometheus adds on its own.
const plain = 2

// owner is the pod that a series says has the GPU.
type owner struct{ namespace, pod string }

func (v variant) of(l Labels) (owner, bool) {
	o := owner{l.Get(v.namespace), l.Get(v.pod)}
	return o, o.namespace != "" && o.pod != ""
}

// variantOf returns the index of the best variant that a series has, or len(variants) for a series without a pod.
func variantOf(l Labels) int {
	for i, v := range variants {
		if _, ok := v.of(l); ok {
			return i
		}
	}
	return len(variants)
}

// variantsByJob says by which labels each job's series name pods: the best that any of them has. One without is an idle GPU's, and
// what it has in other labels is the exporter's own pod.
func variantsByJob(series []Series) map[string]int {
	best := map[string]int{}
	for _, s := range series {
		v := variantOf(s.Labels)
		if known, ok := best[s.Job]; !ok || v < known {
			best[s.Job] = v
		}
	}
	return best
}

// gpu is a GPU, or an instance of one in MIG mode. Its UUID is unique in the world.
type gpu struct {
	uuid     string
	instance string // GPU_I_ID; empty unless in MIG mode
}

// gpuOf reads a series' GPU. A scrape configuration may have dropped the UUID; then it is an index on a host.
func gpuOf(l Labels) gpu {
	g := gpu{uuid: cmp.Or(l.Get("UUID"), l.Get("uuid")), instance: l.Get("GPU_I_ID")}
	if g.uuid == "" {
		g.uuid = "GPU " + l.Get("gpu") + " of " + cmp.Or(l.Get("Hostname"), l.Get("hostname"), l.Get("instance"), "an unnamed host")
	}
	return g
}

func (g gpu) String() string {
	if g.instance != "" {
		return "MIG instance " + g.instance + " of " + g.uuid
	}
	return g.uuid
}
