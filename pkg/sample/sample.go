// Package sample holds the domain's words: what a pod is to the adapter, and what one measurement of it is. It is a leaf:
// every other package of the data flow (discover → scrape → store → provider) speaks in these types and this one imports none
// of them.
package sample

import (
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// Pod is what the adapter knows of a pod. Its identity is the UID: a name or an IP can belong to another pod a moment later.
type Pod struct {
	UID       types.UID
	Namespace string
	Name      string
	Labels    map[string]string // never written to after the Pod was handed over
	IP        string            // empty until the kubelet reports one
	Running   bool              // phase Running; the HPA ignores failed pods and treats pending ones as unready
	Deleting  bool              // has a deletion timestamp: "departing" while it still answers
	Ready     bool              // condition Ready
	ReadyTime time.Time         // since when Ready has been what it is; zero until known
	Started   time.Time         // status.startTime; zero until known
	Targets   []Target          // one for each metric that the pod is asked for; never written to after the Pod was handed over
}

// Target says how to ask a pod for a metric. The host is always the pod's own IP, so none is named here.
type Target struct {
	Metric  string // the metric's name in the adapter's configuration
	Scheme  string // "http" or "https"
	Port    int
	Path    string // with its leading slash
	Problem string // why the pod can't be asked although it opted in, for people; how to ask it is empty then
}

// Target returns how to ask the pod for a metric; nil if it did not opt in to being asked.
func (p *Pod) Target(metric string) *Target {
	for i := range p.Targets {
		if p.Targets[i].Metric == metric {
			return &p.Targets[i]
		}
	}
	return nil
}

// Sample is one measured value of one pod.
type Sample struct {
	Pod   types.UID
	Value float64   // in the metric's unit, finite and not negative
	Time  time.Time // when it was measured, not when it was received or served
	Note  string    // how the value came about, for people; empty where there is nothing to say
}

// Failure says that a pod was asked and gave no usable value.
type Failure struct {
	Pod    types.UID
	Reason Reason
	Err    error // what was tried and what happened, for people
}

// Reason is why a value is missing; a closed set, because it is a label of the adapter's own metrics.
type Reason string

// The reasons, in the order in which a scrape can meet them.
const (
	ReasonNotScraped Reason = "not_scraped"       // not asked: the pod did not opt in, or not in a way that can be followed
	ReasonReusedIP   Reason = "reused_ip"         // not asked: a pod that started later has the same IP and port
	ReasonNotReached Reason = "not_reached"       // not asked: the collection's time was over before the pod's turn came
	ReasonCollection Reason = "collection_failed" // nothing is known of any pod: the query failed
	ReasonTimeout    Reason = "timeout"           // no complete answer within the timeout
	ReasonConnection Reason = "connection"        // refused, reset, no route, TLS
	ReasonStatus     Reason = "status"            // an answer other than 200
	ReasonTooLarge   Reason = "too_large"         // body over the limit
	ReasonMalformed  Reason = "malformed"         // the body is not what its Content-Type says
	ReasonNoValue    Reason = "no_value"          // well-formed, but the value is not in it
	ReasonOutOfRange Reason = "out_of_range"      // NaN, ±Inf, negative or above the metric's accepted range
	ReasonTooOld     Reason = "too_old"           // measured before the pod started, so that it may be another's
	ReasonSharedGPU  Reason = "shared_gpu"        // it is several pods' GPU, and such are not to be used
	ReasonInFuture   Reason = "in_future"         // measured later than now, by a clock that cannot be right
)

// Batch is what one collection of one metric brought.
type Batch struct {
	Metric   string // the metric's name in the adapter's configuration
	Samples  []Sample
	Failures []Failure
	Partial  bool  // there may be more that did not come: a pod in neither list, or not reached, may have a value all the same
	Err      error // the collection failed as a whole (a query, say): nothing is known of any pod, so nothing changes but the clock
}
