package config

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Pods scrapes each pod that opted in by the annotation userscale.dev/scrape, or that Targets selects.
type Pods struct {
	Interval *Duration `json:"interval,omitempty"` // 100ms or more
	Timeout  *Duration `json:"timeout,omitempty"`  // per pod; at most the interval
	// Field is where the value is in a JSON body: names, separated by dots, such as load.users. A number is an index into an array, and
	// # stands for every element, whose numbers are summed: rooms.0.users is the first room's, rooms.#.users all rooms'. A name has
	// letters, digits, '_' and '-'. Required unless series is set.
	Field string `json:"field,omitempty"`
	// Counter is likewise where the field's integral over time is, such as user-seconds. Its increase over the time between two
	// scrapes is the exact average, where the field is only a moment's. The field is needed all the same: it stands in for a pod's
	// first scrape, after a reset, after a gap longer than maxAge, and where the body has no counter. A counter that is there but is
	// not a finite number of 0 or more fails the scrape.
	Counter string `json:"counter,omitempty"`
	// Series selects the value in a body of one of Prometheus' formats, in PromQL's notation: active_users{tier!="internal"}. It names one
	// metric. The values of all series that match are summed. The field unless set, where that is a metric's name.
	Series string `json:"series,omitempty"`
	// CounterSeries is likewise for the counter. The counter unless set, where that is a metric's name.
	CounterSeries string `json:"counterSeries,omitempty"`
	// Targets selects pods that need no annotations. A pod's own userscale.dev annotations go first, then the first that matches.
	Targets []Target `json:"targets,omitempty"`
	// PrometheusAnnotations scrapes also pods that have neither of these, as their annotations prometheus.io/scrape, port, path and scheme say.
	PrometheusAnnotations bool `json:"prometheusAnnotations,omitempty"`
	Client
}

// Target selects pods, and says where they answer. The host is always the pod's own IP.
type Target struct {
	Namespaces []string             `json:"namespaces,omitempty"` // all unless set
	Selector   metav1.LabelSelector `json:"selector,omitzero"`    // as everywhere in Kubernetes; may be empty where namespaces are set
	Port       intstr.IntOrString   `json:"port,omitzero"`        // number or name of a container port; the first one unless set
	Path       string               `json:"path,omitempty"`       // begins with /; may have a query
	Scheme     string               `json:"scheme,omitempty"`     // http or https
}

// Prometheus asks one query for the values of all pods.
type Prometheus struct {
	Server   string    `json:"server,omitempty"`   // one of prometheusServers; may be left out where there is just one
	Query    string    `json:"query"`              // PromQL, best a range selector such as app_users[2m]: its samples carry their true times
	Interval *Duration `json:"interval,omitempty"` // 100ms or more
	Timeout  *Duration `json:"timeout,omitempty"`  // at most the interval
	Scale    *float64  `json:"scale,omitempty"`    // values are multiplied by it: 100 turns a ratio into percent; greater than 0
	Labels   PodLabels `json:"labels,omitzero"`    // which labels of a series name its pod
	Combine  Combine   `json:"combine,omitempty"`  // what several series of one pod make
}

// PodLabels are the labels of a series that name its pod.
type PodLabels struct {
	Namespace string `json:"namespace,omitempty"` // has the namespace
	Pod       string `json:"pod,omitempty"`       // has the pod's name
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
// prometheus or exporters.
type DCGM struct {
	Interval   *Duration       `json:"interval,omitempty"`   // 100ms or more
	Timeout    *Duration       `json:"timeout,omitempty"`    // at most the interval
	Prometheus *DCGMPrometheus `json:"prometheus,omitempty"` // a Prometheus that scrapes the exporters
	Exporters  *DCGMExporters  `json:"exporters,omitempty"`  // the exporters' pods themselves
	// Fields are the metrics to use, the first that a GPU has. Unless set: what the GPU's mode calls for, by the names of all
	// generations of the exporter.
	Fields     []DCGMField `json:"fields,omitempty"`
	Combine    Combine     `json:"combine,omitempty"`    // what several GPUs of one pod make: Average or Max
	SharedGPUs SharedGPUs  `json:"sharedGPUs,omitempty"` // Include each pod with the GPU's value, or Exclude them
}

// DCGMPrometheus is a Prometheus that scrapes the exporters.
type DCGMPrometheus struct {
	Server   string    `json:"server,omitempty"`   // one of prometheusServers; may be left out where there is just one
	Matchers string    `json:"matchers,omitempty"` // narrows the series, in PromQL's notation: {job="dcgm-exporter"}
	Lookback *Duration `json:"lookback,omitempty"` // how far back samples are asked for, 1s to 1h in whole seconds
}

// DCGMExporters are the exporters' pods.
type DCGMExporters struct {
	Targets []Target `json:"targets,omitempty"` // those with the labels of NVIDIA's chart or GPU operator unless set
	Client
}

// DCGMField is a metric of dcgm-exporter.
type DCGMField struct {
	Name string  `json:"name"` // such as DCGM_FI_DEV_GPU_UTIL
	Unit GPUUnit `json:"unit"` // Percent (0 to 100) or Ratio (0 to 1)
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
