// Package observe watches one HorizontalPodAutoscaler as anyone can from outside: through the Kubernetes API, never through the
// adapter's logs or internals.
package observe

import (
	"time"
)

// Names of the metrics as an HPA reports them.
const (
	Users = "active_users_per_pod"
	Total = "active_users_total_smoothed" // of an object
	GPU   = "gpu_utilization_smoothed"
	CPU   = "cpu"
)

// Metric is one of the HPA's metrics as of its last sync.
type Metric struct {
	Name    string
	Average float64 // per pod, in the metric's unit; percent of the request for CPU
	Target  float64
}

// Ratio is the metric's average over its target: above 1 the metric asks for more pods.
func (m Metric) Ratio() float64 { return m.Average / m.Target }

// Observation is what the API said at one moment. A value that was not served is absent from its map, not zero.
type Observation struct {
	Time     time.Time
	Current  int32 // replicas that the HPA saw at its last sync
	Desired  int32 // replicas that it decided on then
	Ready    int32 // ready replicas now
	Metrics  map[string]Metric
	Raw      map[string]float64 // raw totals now, by the smoothed metric's name
	Smoothed map[string]float64 // smoothed totals now
	Active   bool               // condition ScalingActive
	Reason   string             // why the HPA is where it is: its conditions, shortened
}

// Rescale is one decision of the HPA, from its SuccessfulRescale event.
type Rescale struct {
	Time   time.Time
	From   int32
	To     int32
	Reason string // "pods metric active_users_per_pod above target", "All metrics below target", …
	// Metrics are the HPA's own readings at the sync that decided.
	Metrics map[string]Metric
}
