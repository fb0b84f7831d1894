// Package explain says why a HorizontalPodAutoscaler stands where it stands: what each of its metrics measures, pod by pod, what
// the HPA's own arithmetic (package hpa) makes of that, which limit intervenes, and all of it in one sentence.
//
// The running adapter gathers (Explainer) and answers (package endpoint), because it alone knows the values of pods; Fetch asks it
// through the API server, and Write prints what it said. In between is Assemble, which is pure.
package explain

import (
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"userscale.dev/userscale/pkg/hpa"
)

// List is the endpoint's answer, also where one HPA was asked for; sorted by namespace and name.
type List struct {
	Items []Report `json:"items"`
}

// Report explains one HPA. What is not known is absent, never 0.
type Report struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Time is when all this was read. The HPA controller decides every 15 s, unless configured otherwise: its status can be as old.
	Time      time.Time  `json:"time"`
	Sentence  string     `json:"sentence"` // why the HPA stands where it stands
	Target    Target     `json:"target"`
	Replicas  Replicas   `json:"replicas"`
	Limits    []Limit    `json:"limits,omitempty"`    // that intervene now, in the order in which the controller applies them
	Smoothing *Smoothing `json:"smoothing,omitempty"` // the HPA's annotations; absent if it has none
	Metrics   []Metric   `json:"metrics"`             // in the HPA's order
	ScaleUp   Direction  `json:"scaleUp"`
	ScaleDown Direction  `json:"scaleDown"`
	// Conditions are the HPA's own, as of its last pass.
	Conditions    []Condition `json:"conditions,omitempty"`
	LastScaleTime *time.Time  `json:"lastScaleTime,omitempty"`
}

// Target is what the HPA scales.
type Target struct {
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Selector string `json:"selector,omitempty"` // of its pods
	Problem  string `json:"problem,omitempty"`  // why it cannot be scaled
}

// Replicas are the counts on the way from what there is to what will be.
type Replicas struct {
	Current     *int32 `json:"current,omitempty"`     // the target's spec.replicas
	Running     *int32 `json:"running,omitempty"`     // the target's status.replicas
	Desired     int32  `json:"desired"`               // the HPA's status: what its last pass decided
	Min         int32  `json:"min"`                   // minReplicas
	Max         int32  `json:"max"`                   // maxReplicas
	Recommended *int32 `json:"recommended,omitempty"` // the largest proposal of the valid metrics
	AtLeast     bool   `json:"atLeast,omitempty"`     // a metric whose proposal is not known can ask for more than Recommended
	Next        *int32 `json:"next,omitempty"`        // what the controller sets next, as far as it can be known from outside
}

// Limit keeps the HPA from what its metrics recommend.
type Limit struct {
	Name     hpa.Limit `json:"name"`
	Replicas int32     `json:"replicas"` // what is left of the recommendation
	Message  string    `json:"message"`
}

// The limits that are not of an HPA's bounds and policies.
const (
	// Stabilization: of the recommendations in a window the controller takes the lowest to scale out by, and the highest to scale
	// in by. It alone remembers them; its condition AbleToScale tells that it did.
	Stabilization hpa.Limit = "stabilization"
	// InvalidMetric: a metric that cannot be read could have asked for more, so there is no scaling in.
	InvalidMetric hpa.Limit = "invalid_metric"
)

// Direction is an HPA's behavior on the way out or in.
type Direction struct {
	Tolerance                  float64                          `json:"tolerance"` // part of the target
	StabilizationWindowSeconds float64                          `json:"stabilizationWindowSeconds"`
	SelectPolicy               string                           `json:"selectPolicy,omitempty"` // Max where absent
	Policies                   []autoscalingv2.HPAScalingPolicy `json:"policies,omitempty"`     // Kubernetes' defaults where absent
}

// Smoothing is what an HPA's annotations ask for.
type Smoothing struct {
	RiseHalfLifeSeconds *float64 `json:"riseHalfLifeSeconds,omitempty"` // absent: as configured
	FallHalfLifeSeconds *float64 `json:"fallHalfLifeSeconds,omitempty"`
	Problem             string   `json:"problem,omitempty"` // why the annotations are not followed
}

// Condition is one of the HPA's conditions.
type Condition struct {
	Type    string `json:"type"`
	Status  string `json:"status"`
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
}
