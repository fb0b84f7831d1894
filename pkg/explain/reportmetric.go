package explain

import (
	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"userscale.dev/userscale/pkg/hpa"
	"userscale.dev/userscale/pkg/sample"
)

// Metric is one of an HPA's metrics and what the HPA makes of it. It has a proposal, or says why there is none.
type Metric struct {
	Type      autoscalingv2.MetricSourceType `json:"type"`
	Name      string                         `json:"name"`
	Container string                         `json:"container,omitempty"` // of a ContainerResource metric
	Object    string                         `json:"object,omitempty"`    // kind and name, of an Object metric
	Target    autoscalingv2.MetricTarget     `json:"target"`
	Tolerance Tolerance                      `json:"tolerance"`
	// Unsmoothed: the HPA asks for the values as measured.
	Unsmoothed bool `json:"unsmoothed,omitempty"`
	// Seen is the value in the HPA's status, from its last pass.
	Seen     *autoscalingv2.MetricValueStatus `json:"seen,omitempty"`
	Total    *Total                           `json:"total,omitempty"` // of a metric that this adapter measures
	Proposal *Proposal                        `json:"proposal,omitempty"`
	Wins     bool                             `json:"wins,omitempty"`    // the HPA follows this metric
	Invalid  string                           `json:"invalid,omitempty"` // why the HPA cannot use the metric
	Unknown  string                           `json:"unknown,omitempty"` // why only the HPA knows what it makes of the metric
	Pods     []Pod                            `json:"pods,omitempty"`    // sorted by name
}

// Tolerance is how far a metric may be from its target before anything changes, as parts of the target.
type Tolerance struct {
	Up   float64 `json:"up"`
	Down float64 `json:"down"`
}

// Total is the total of a metric that this adapter measures, over the HPA's pods.
type Total struct {
	Raw                 float64  `json:"raw"`                // over counted and departing pods
	Smoothed            *float64 `json:"smoothed,omitempty"` // absent while no pod is counted
	RiseHalfLifeSeconds float64  `json:"riseHalfLifeSeconds"`
	FallHalfLifeSeconds float64  `json:"fallHalfLifeSeconds"`
	MaxAgeSeconds       float64  `json:"maxAgeSeconds"` // an older value is not used
	Coverage            Coverage `json:"coverage"`
}

// Coverage says how many pods a total stands for; sample.Coverage explains the counts.
type Coverage struct {
	Matched   int     `json:"matched"`
	Expected  int     `json:"expected"`
	Counted   int     `json:"counted"`
	Departing int     `json:"departing"`
	Minimum   float64 `json:"minimum"` // share of the expected pods that must be counted
}

// Proposal is what the HPA makes of a metric; hpa.Proposal explains it.
type Proposal struct {
	Replicas      int32                           `json:"replicas"`
	Usage         autoscalingv2.MetricValueStatus `json:"usage"` // the mean over the pods that count, or of an object
	Ratio         float64                         `json:"ratio"` // of the usage to the target
	AdjustedRatio float64                         `json:"adjustedRatio"`
	Outcome       hpa.Outcome                     `json:"outcome"`
	Counted       int                             `json:"counted"` // pods by the part that they have in the proposal; none of an object
	Missing       int                             `json:"missing"`
	Pending       int                             `json:"pending"`
	Ignored       int                             `json:"ignored"`
}

// Part is the part that a pod has in the HPA's arithmetic.
type Part string

// The parts; hpa.Groups explains them.
const (
	PartCounted Part = "counted"
	PartMissing Part = "missing"
	PartPending Part = "pending"
	PartIgnored Part = "ignored"
)

// Pod is one pod's value of a metric.
type Pod struct {
	Name string `json:"name"`
	Part Part   `json:"part,omitempty"` // absent if the API server does not list the pod, and of an Object metric
	// State is the value's, of a metric that this adapter measures.
	State      sample.State `json:"state,omitempty"`
	Expected   bool         `json:"expected,omitempty"` // it should have a value
	Raw        *float64     `json:"raw,omitempty"`      // as last measured
	Share      *float64     `json:"share,omitempty"`    // of the smoothed total: what the HPA is served
	AgeSeconds *float64     `json:"ageSeconds,omitempty"`
	Note       string       `json:"note,omitempty"`   // how Raw came about
	Reason     string       `json:"reason,omitempty"` // why there is no value, or no newer one: a sample.Reason, or a few words
	Detail     string       `json:"detail,omitempty"`
}
