package observe

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/test/cluster"
)

// rawNames maps each smoothed metric to its raw companion.
var rawNames = map[string]string{Users: "active_users_raw", GPU: "gpu_utilization_raw"}

// statusDelay bounds the wait for the status update that follows an event: well under the HPA's sync period.
const statusDelay = 5 * time.Second

// Recorder keeps what it saw of one HPA and its scale target.
type Recorder struct {
	cluster   *cluster.Cluster
	namespace string
	hpa       string
	notify    func(Observation) // called with each observation

	mu           sync.Mutex // guards what follows
	observations []Observation
	rescales     []Rescale
	warnings     []Warning
	seen         map[types.UID]int32 // events by UID, with the count already taken
	err          error               // the last failure to look, nil after a success
}

// Warning is an event of type Warning on the HPA.
type Warning struct {
	Time            time.Time
	Reason, Message string
}

// NewRecorder records the HPA namespace/hpa; notify may be nil.
func NewRecorder(c *cluster.Cluster, namespace, hpa string, notify func(Observation)) *Recorder {
	if notify == nil {
		notify = func(Observation) {}
	}
	return &Recorder{cluster: c, namespace: namespace, hpa: hpa, notify: notify, seen: map[types.UID]int32{}}
}

// Run looks once a second until the context ends. What happened before it is not recorded.
func (r *Recorder) Run(ctx context.Context) {
	if err := r.skipPastEvents(ctx); err != nil {
		r.fail(err)
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		if err := r.look(ctx); err != nil && ctx.Err() == nil {
			r.fail(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (r *Recorder) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
}

// look takes one observation. The order matters: an event precedes the status of the sync that it belongs to.
func (r *Recorder) look(ctx context.Context) error {
	events, err := r.events(ctx)
	if err != nil {
		return err
	}
	hpa, err := r.cluster.Client.AutoscalingV2().HorizontalPodAutoscalers(r.namespace).Get(ctx, r.hpa, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("get HPA %s/%s: %w", r.namespace, r.hpa, err)
	}
	target, err := r.target(ctx, hpa.Spec.ScaleTargetRef)
	if err != nil {
		return err
	}
	o := fromStatus(hpa)
	o.Time, o.Ready = time.Now(), target.ready
	r.readTotals(ctx, &o, hpa, target.selector)

	r.mu.Lock()
	r.observations = append(r.observations, o)
	r.takeEventsLocked(events, o)
	r.err = nil
	r.mu.Unlock()
	r.notify(o)
	return nil
}

// readTotals adds the totals that the custom metrics API serves now; one that it does not serve stays absent.
func (r *Recorder) readTotals(ctx context.Context, o *Observation, hpa *autoscalingv2.HorizontalPodAutoscaler, selector labels.Selector) {
	for _, spec := range hpa.Spec.Metrics {
		if spec.Pods == nil {
			continue
		}
		name := spec.Pods.Metric.Name
		r.readTotal(ctx, o.Smoothed, name, name, selector)
		r.readTotal(ctx, o.Raw, name, rawNames[name], selector)
	}
}

func (r *Recorder) readTotal(ctx context.Context, into map[string]float64, key, metric string, selector labels.Selector) {
	if list, err := r.cluster.PodMetric(ctx, r.namespace, metric, selector); err == nil {
		into[key] = cluster.Sum(list)
	}
}

func (r *Recorder) events(ctx context.Context) ([]corev1.Event, error) {
	selector := fields.Set{"involvedObject.kind": "HorizontalPodAutoscaler", "involvedObject.name": r.hpa}.String()
	list, err := r.cluster.Client.CoreV1().Events(r.namespace).List(ctx, metav1.ListOptions{FieldSelector: selector})
	if err != nil {
		return nil, fmt.Errorf("list events of HPA %s/%s: %w", r.namespace, r.hpa, err)
	}
	return list.Items, nil
}

func (r *Recorder) skipPastEvents(ctx context.Context) error {
	events, err := r.events(ctx)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range events {
		r.seen[events[i].UID] = events[i].Count
	}
	return nil
}

func (r *Recorder) takeEventsLocked(events []corev1.Event, o Observation) {
	for i := range events {
		e := &events[i]
		if e.Count <= r.seen[e.UID] {
			continue
		}
		if e.Reason == "SuccessfulRescale" {
			rescale := rescaleOf(e, o)
			if rescale.To != o.Desired && o.Time.Sub(rescale.Time) < statusDelay {
				continue // the status of that sync is still to come: look again
			}
			r.rescales = append(r.rescales, rescale)
		}
		r.seen[e.UID] = e.Count
		if e.Type == corev1.EventTypeWarning {
			r.warnings = append(r.warnings, Warning{Time: e.LastTimestamp.Time, Reason: e.Reason, Message: e.Message})
		}
	}
}

// combined is what the event recorder puts before the message from the tenth event of one reason within ten minutes on.
const combined = "(combined from similar events): "

func rescaleOf(e *corev1.Event, o Observation) Rescale {
	rescale := Rescale{Time: e.LastTimestamp.Time, From: o.Current, Metrics: o.Metrics}
	size, reason, _ := strings.Cut(strings.TrimPrefix(e.Message, combined), "; reason: ")
	rescale.Reason = reason
	// The message is the controller's own: "New size: 5; reason: …".
	if _, err := fmt.Sscanf(size, "New size: %d", &rescale.To); err != nil {
		rescale.Reason = e.Message
	}
	return rescale
}

// Observations returns a copy of what was seen so far, and the last failure to look, if that is how things stand.
func (r *Recorder) Observations() ([]Observation, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Observation(nil), r.observations...), r.err
}

// ObservationsSince returns a copy of what was seen after a moment.
func (r *Recorder) ObservationsSince(moment time.Time) []Observation {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.observations, func(o Observation) bool { return o.Time.After(moment) })
	if i < 0 {
		return nil
	}
	return slices.Clone(r.observations[i:])
}

// RescalesSince returns a copy of the HPA's decisions after a moment, to the second: events carry no fractions.
func (r *Recorder) RescalesSince(moment time.Time) []Rescale {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []Rescale
	for _, rescale := range r.rescales {
		if !rescale.Time.Before(moment.Truncate(time.Second)) {
			found = append(found, rescale)
		}
	}
	return found
}

// Warnings returns a copy of the warning events on the HPA so far.
func (r *Recorder) Warnings() []Warning {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Warning(nil), r.warnings...)
}
