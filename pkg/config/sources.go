package config

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Pods scrapes each pod that opted in by the annotation userscale.dev/scrape, or that Targets selects.
type Pods struct {
	Interval *Duration `json:"interval,omitempty"`
	Timeout  *Duration `json:"timeout,omitempty"` // per pod
	// Field is a dotted path in a JSON body, such as load.users.
	Field string `json:"field"`
	// Counter is likewise where the field's integral over time is, such as user-seconds. Its increase over the time between two
	// scrapes is the exact average, where the field is only a moment's. The field is required all the same: it stands in for a pod's
	// first scrape, after a reset, after a gap longer than maxAge, and where the body has no counter. A counter that is there but is
	// not a finite number of 0 or more fails the scrape.
	Counter string `json:"counter,omitempty"`
	// Series selects the value in a body of one of Prometheus' formats, in PromQL's notation: active_users{tier!="internal"}. The
	// values of all series that match are summed. Field unless set.
	Series string `json:"series,omitempty"`
	// CounterSeries is likewise for the counter. Counter unless set.
	CounterSeries string `json:"counterSeries,omitempty"`
	// Targets selects pods that need no annotations. A pod's own userscale.dev annotations go first, then the first that matches.
	Targets []Target `json:"targets,omitempty"`
	// PrometheusAnnotations scrapes also pods that have neither, as their annotations prometheus.io/scrape, port, path and scheme say.
	PrometheusAnnotations bool `json:"prometheusAnnotations,omitempty"`
	Client
}

// Target selects pods, and says where they answer. The host is always the pod's own IP.
type Target struct {
	Namespaces []string             `json:"namespaces,omitempty"` // all unless set
	Selector   metav1.LabelSelector `json:"selector"`             // of the pods' labels
	Port       intstr.IntOrString   `json:"port,omitzero"`        // number or name of a container port; the first one unless set
	Path       string               `json:"path,omitempty"`       // /metrics unless set; may have a query
	Scheme     string               `json:"scheme,omitempty"`     // http unless set, or https
}

// Prometheus asks one query for the values of all pods.
type Prometheus struct {
	Server   string    `json:"server,omitempty"` // one of prometheusServers; may be left out where there is just one
	Query    string    `json:"query"`            // best a range selector: its samples carry their true times
	Interval *Duration `json:"interval,omitempty"`
	Timeout  *Duration `json:"timeout,omitempty"`
	Scale    *float64  `json:"scale,omitempty"`   // values are multiplied by it: 100 turns a ratio into percent
	Labels   PodLabels `json:"labels,omitzero"`   // which labels of a series name its pod
	Combine  Combine   `json:"combine,omitempty"` // what several series of one pod make: Sum unless set
}

// PodLabels are the labels of a series that name its pod.
type PodLabels struct {
	Namespace string `json:"namespace,omitempty"` // namespace unless set
	Pod       string `json:"pod,omitempty"`       // pod unless set
}

// Combine is what several values of one pod make.
type Combine string

// The ways to combine. Of an average or a maximum, bad values are left out; a sum with a bad value is none.
const (
	CombineSum     Combine = "Sum"
	CombineAverage Combine = "Average"
	CombineMax     Combine = "Max"
)

// DCGM reads the GPU metrics that NVIDIA's dcgm-exporter has of each pod, in percent of a GPU. It names exactly one way to them:
// Prometheus or Exporters.
type DCGM struct {
	Interval   *Duration       `json:"interval,omitempty"`
	Timeout    *Duration       `json:"timeout,omitempty"`
	Prometheus *DCGMPrometheus `json:"prometheus,omitempty"` // a Prometheus that scrapes the exporters
	Exporters  *DCGMExporters  `json:"exporters,omitempty"`  // the exporters' pods themselves
	// Fields are the metrics to use, the first that a GPU has. Unless set: what the GPU's mode calls for, by the names of all
	// generations of the exporter.
	Fields     []DCGMField `json:"fields,omitempty"`
	Combine    Combine     `json:"combine,omitempty"`    // what several GPUs of one pod make: Average unless set, or Max
	SharedGPUs SharedGPUs  `json:"sharedGPUs,omitempty"` // Include unless set, or Exclude
}

// DCGMPrometheus is a Prometheus that scrapes the exporters.
type DCGMPrometheus struct {
	Server   string    `json:"server,omitempty"`   // one of prometheusServers; may be left out where there is just one
	Matchers string    `json:"matchers,omitempty"` // narrows the series, in PromQL's notation: {job="dcgm-exporter"}
	Lookback *Duration `json:"lookback,omitempty"` // how far back samples are asked for
}

// DCGMExporters are the exporters' pods.
type DCGMExporters struct {
	Targets []Target `json:"targets,omitempty"` // those with the labels of NVIDIA's chart or GPU operator unless set
	Client
}

// DCGMField is a metric of dcgm-exporter.
type DCGMField struct {
	Name string  `json:"name"`
	Unit GPUUnit `json:"unit"`
}

// GPUUnit is the unit of a DCGMField.
type GPUUnit string

// The units. A ratio above 1 is taken for percent, which is said.
const (
	UnitPercent GPUUnit = "Percent" // 0 to 100
	UnitRatio   GPUUnit = "Ratio"   // 0 to 1
)

// SharedGPUs says what to do with a GPU that several pods share, whose utilisation is not any one pod's.
type SharedGPUs string

// What to do with shared GPUs.
const (
	SharedInclude SharedGPUs = "Include" // each pod has the GPU's value
	SharedExclude SharedGPUs = "Exclude" // no pod has a value of it
)
