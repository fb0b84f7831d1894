package main

import (
	"maps"
	"slices"
)

// dialect is how a generation of dcgm-exporter names what it shows.
type dialect struct {
	utilization, engine       string // metrics; no engine: the generation knows no MIG
	ratio                     bool   // the utilisation is from 0 to 1; the engine's activity always is
	uuid, hostname            string // labels of a GPU
	container, namespace, pod string // labels of its pod
}

var dialects = map[string]dialect{
	"1.x": {"dcgm_gpu_utilization", "", false, "uuid", "", "container_name", "pod_namespace", "pod_name"},
	"4.x": {"DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_PROF_GR_ENGINE_ACTIVE", false, "UUID", "Hostname", "container", "namespace", "pod"},
	"4.9": {"DCGM_FI_DEV_GPU_UTIL_RATIO", "DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO", true, "UUID", "hostname", "container", "namespace", "pod"},
}

func generations() []string { return slices.Sorted(maps.Keys(dialects)) }

// metric returns the one that is shown, what it is, and whether it is a ratio.
func (d dialect) metric(mig bool) (name, help string, ratio bool) {
	switch {
	case mig:
		return d.engine, "Ratio of time the graphics engine is active.", true
	case d.ratio:
		return d.utilization, "GPU utilization (ratio).", true
	default:
		return d.utilization, "GPU utilization (in %).", false
	}
}
