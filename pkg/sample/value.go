package sample

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Value is what is served for one metric of one pod, or of all the pods that an object selects.
type Value struct {
	Namespace, Name string        // of the pod; a total has no name
	Milli           int64         // in thousandths of the metric's unit
	Time            time.Time     // when the pod's own sample was measured; of a total, the oldest one in it
	Window          time.Duration // the smoothing's equivalent averaging window; 0 for a raw value
}

// ErrUnknownMetric says that no such metric is configured.
var ErrUnknownMetric = errors.New("unknown metric")

// ErrNoPod says that no pod has the name or matches the selector.
var ErrNoPod = errors.New("no such pod")

// ErrNoObject says that no object of the kind has the name.
var ErrNoObject = errors.New("no such object")

// ErrNoSelector says that an object selects no pods of its own.
var ErrNoSelector = errors.New("no selector")

// NotFreshError says that there are pods, but none with a value that may be served, or not enough of them. Absent is not zero, so
// there is no answer.
type NotFreshError struct {
	Metric   string
	MaxAge   time.Duration
	Matched  int     // pods with the name or the labels
	Expected int     // of these, the ones that should have a value
	Counted  int     // of these, the ones that have one
	Minimum  float64 // the share of the expected ones that is wanted, where any are counted
	Causes   []Cause // why the others have none, most frequent first
}

// Cause is why some pods have no value that may be served.
type Cause struct {
	Reason string // a Reason, or a few words where the pod was never asked
	Pods   int
}

// Error reads, for example, "users: 3 pods match, none has a value younger than 15s: 2 timeout, 1 connection".
func (e *NotFreshError) Error() string {
	pods := "1 pod matches"
	if e.Matched != 1 {
		pods = fmt.Sprintf("%d pods match", e.Matched)
	}
	causes := make([]string, len(e.Causes))
	for i, c := range e.Causes {
		causes[i] = fmt.Sprintf("%d %s", c.Pods, c.Reason)
	}
	have := "none has a value younger than " + e.MaxAge.String()
	if e.Counted > 0 {
		have = fmt.Sprintf("%d of %d expected ones have a value younger than %s, fewer than the minimum coverage of %v",
			e.Counted, e.Expected, e.MaxAge, e.Minimum)
	}
	return fmt.Sprintf("%s: %s, %s: %s", e.Metric, pods, have, strings.Join(causes, ", "))
}
