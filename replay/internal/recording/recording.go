// Package recording is a run of a live HPA as it was seen from outside: its pods, every sample that the adapter took of them, what
// metrics.k8s.io served, and every pass of the HPA controller. It is all that is needed to replay the run. A leaf.
//
// A recording is a text of JSON lines: a Header, then Events in the order of their times.
package recording

import (
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"

	"userscale.dev/userscale/pkg/config"
)

// Kind is what the first line says that it is.
const Kind = "userscale.dev/recording/v1"

// Recording is a run.
type Recording struct {
	Header
	Events []Event
}

// Header is the state that the run began in.
type Header struct {
	Kind          string                                 `json:"kind"`
	Began         time.Time                              `json:"began"` // in milliseconds; the events' times count from here
	HPA           *autoscalingv2.HorizontalPodAutoscaler `json:"hpa"`   // with the status that it had
	Configuration *config.AdapterConfiguration           `json:"configuration"`
	Replicas      int32                                  `json:"replicas"` // spec.replicas of the scale target
	Totals        []Total                                `json:"totals"`   // of the metrics that the HPA asks the adapter for
}

// Total is the state of a smoothed total.
type Total struct {
	Metric   string  `json:"metric"` // the smoothed metric's name
	Smoothed float64 `json:"smoothed"`
}

// Event is one thing that happened; one field besides T is set. What there was at the beginning are the events at 0: a pod each, a
// collection of each metric, the usage.
type Event struct {
	T          float64     `json:"t"`              // seconds since Began, in milliseconds
	Pod        *corev1.Pod `json:"pod,omitempty"`  // is new or changed; what nobody asks for is left out of it
	Gone       string      `json:"gone,omitempty"` // the name of a pod
	Collection *Collection `json:"collection,omitempty"`
	Usage      *Usage      `json:"usage,omitempty"`
	Pass       *Pass       `json:"pass,omitempty"`
	Rescale    *Rescale    `json:"rescale,omitempty"`
}

// Collection is what one collection of one metric brought. A pod that is in neither list was not asked.
type Collection struct {
	Metric   string            `json:"metric"` // the smoothed metric's name
	Values   []Value           `json:"values,omitempty"`
	Failures map[string]string `json:"failures,omitempty"` // the reason, by the name of the pod
}

// Value is a pod's sample.
type Value struct {
	Pod   string  `json:"pod"`
	Value float64 `json:"value"`
	At    float64 `json:"at"` // when it was measured, as Event.T; before the beginning it is negative
}

// Usage is what metrics.k8s.io serves from now on.
type Usage struct {
	Pods []PodUsage `json:"pods"`
}

// PodUsage is a pod's.
type PodUsage struct {
	Pod        string             `json:"pod"`
	At         time.Time          `json:"at"`         // the timestamp that is served, in whole seconds
	Window     float64            `json:"window"`     // seconds
	Containers map[string]float64 `json:"containers"` // cores of CPU, by the container's name
}

// Pass is a pass of the HPA controller, at the moment at which its status was seen to be written. A pass that changes nothing in the
// status writes none.
type Pass struct {
	Status autoscalingv2.HorizontalPodAutoscalerStatus `json:"status"`
}

// Rescale is a change of spec.replicas of the scale target by the HPA controller.
type Rescale struct {
	From   int32  `json:"from"`
	To     int32  `json:"to"`
	Reason string `json:"reason,omitempty"` // in the HPA's own words, such as "pods metric active_users_per_pod above target"
}
