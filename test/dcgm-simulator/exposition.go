package main

import (
	"fmt"
	"net/http"
	"strconv"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"google.golang.org/protobuf/proto"
)

// idleUUID is the UUID of the GPU without a pod. The others have their pod's.
const idleUUID = "00000000-0000-0000-0000-000000000000"

// newHandler serves /metrics and /health on the paths of dcgm-exporter. Both answer 503 until pods were read once.
func newHandler(s *simulator, o options) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		readings := s.readings.Load()
		if readings == nil {
			http.Error(w, "no pod was read yet", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", string(expfmt.NewFormat(expfmt.TypeTextPlain)))
		_, _ = expfmt.MetricFamilyToText(w, family(*readings, o)) // a scraper that went away
	})
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		if s.readings.Load() == nil {
			http.Error(w, "no pod was read yet", http.StatusServiceUnavailable)
		}
	})
	return mux
}

// family is the readings in the words of the exporter's generation.
func family(readings []reading, o options) *dto.MetricFamily {
	name, help, ratio := dialects[o.generation].metric(o.mig)
	f := &dto.MetricFamily{Name: proto.String(name), Help: proto.String(help), Type: dto.MetricType_GAUGE.Enum()}
	for _, r := range readings {
		value := float64(r.utilization)
		if ratio {
			value /= 100
		}
		f.Metric = append(f.Metric, &dto.Metric{Label: labelsOf(r, o), Gauge: &dto.Gauge{Value: proto.Float64(value)}})
	}
	return f
}

// labelsOf gives dcgm-exporter's labels in its order. An idle GPU has none of a pod. In MIG mode there is one GPU, of which each pod has
// an instance.
func labelsOf(r reading, o options) []*dto.LabelPair {
	d := dialects[o.generation]
	uuid, index := idleUUID, r.index
	if o.mig {
		index = idleGPU
	} else if r.pod != nil {
		uuid = string(r.pod.UID)
	}
	pairs := []*dto.LabelPair{
		pair("gpu", strconv.Itoa(index)),
		pair(d.uuid, "GPU-"+uuid),
		pair("pci_bus_id", fmt.Sprintf("00000000:%02X:00.0", index+1)),
		pair("device", "nvidia"+strconv.Itoa(index)),
		pair("modelName", "Simulated GPU"),
	}
	if o.mig {
		pairs = append(pairs, pair("GPU_I_PROFILE", "1g.5gb"), pair("GPU_I_ID", strconv.Itoa(r.index)))
	}
	if d.hostname != "" {
		pairs = append(pairs, pair(d.hostname, o.hostname))
	}
	if r.pod == nil {
		return pairs
	}
	pairs = append(pairs,
		pair(d.container, r.pod.Spec.Containers[0].Name),
		pair(d.namespace, r.pod.Namespace),
		pair(d.pod, r.pod.Name))
	if o.podUID {
		pairs = append(pairs, pair("pod_uid", string(r.pod.UID)))
	}
	return pairs
}

func pair(name, value string) *dto.LabelPair {
	return &dto.LabelPair{Name: proto.String(name), Value: proto.String(value)}
}
