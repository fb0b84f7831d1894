// Package timeline is what a run of the replay yields: plain data, made by the simulation, read by scores and reports. A leaf.
//
// All moments are seconds of virtual time since the trace began. Absent is never zero: see [Value].
package timeline

// Timeline is one run of one policy over one trace.
type Timeline struct {
	Trace       string   `json:"trace"`
	Policy      string   `json:"policy"`
	Seed        uint64   `json:"seed"`
	PodCapacity float64  `json:"podCapacity"` // users that a ready pod can serve; more on it are not served
	PodStart    float64  `json:"podStart"`    // seconds from a pod's creation until it is ready
	MinReplicas int32    `json:"minReplicas"`
	MaxReplicas int32    `json:"maxReplicas"`
	Metrics     []Metric `json:"metrics"` // of the HPA, in its order

	Points    []Point    `json:"points"`    // one per second, the first at 0: Points[t] is what second t was like
	Decisions []Decision `json:"decisions"` // each change of the desired count, in their order
	Events    []Event    `json:"events,omitempty"`
}

// Metric is one of the HPA's metrics.
type Metric struct {
	Name   string  `json:"name"` // such as active_users_per_pod, or cpu
	Unit   string  `json:"unit"` // of the target: "" for the metric's own, "%" for utilisation of the request
	Target float64 `json:"target"`
}

// Point is one second.
type Point struct {
	T       int32   `json:"t"`
	Users   float64 `json:"users"`   // the demand
	Served  float64 `json:"served"`  // users within the capacity of the pod that serves them; at most Users
	Desired int32   `json:"desired"` // spec.replicas of the scale target
	Ready   int32   `json:"ready"`   // pods that take users: ready and not being deleted
	Running int32   `json:"running"` // pods that are paid for: created and not yet gone, starting and draining ones included
	Started int32   `json:"started"` // pods created in this second; the ones of the beginning count for second 0

	// What the adapter knows at the end of the second, of the first users' metric of the HPA or, without one, of the configuration.
	Raw      Value `json:"raw,omitzero"`      // total of the last samples
	Smoothed Value `json:"smoothed,omitzero"` // smoothed total: what the HPA's sum is made of

	CPU Value `json:"cpu,omitzero"` // mean use of the ready pods in percent of the request
	GPU Value `json:"gpu,omitzero"` // mean use of the ready pods in percent of a GPU; absent where the pods have none
}

// Decision is a change of the desired count.
type Decision struct {
	T       float64    `json:"t"`
	From    int32      `json:"from"`
	To      int32      `json:"to"`
	Reason  string     `json:"reason"` // in the HPA's own words, such as "pods metric active_users_per_pod above target"
	Limit   string     `json:"limit"`  // likewise, what held the change back; empty where nothing did
	Metrics []Proposal `json:"metrics"`
}

// Proposal is what one metric came to when a decision was made.
type Proposal struct {
	Metric   string `json:"metric"`
	Value    Value  `json:"value,omitzero"` // mean over the pods that count, in the target's unit; absent where it could not be had
	Target   Value  `json:"target"`
	Replicas *int32 `json:"replicas,omitempty"` // proposed; nil where the value is absent
}

// Event is what happened besides decisions: what the HPA complained of, what was done to the pods or the adapter.
type Event struct {
	T      float64 `json:"t"`
	Source string  `json:"source"` // "hpa", "rollout", "adapter"
	Reason string  `json:"reason"` // a word, such as FailedGetPodsMetric
	Text   string  `json:"text"`
}
