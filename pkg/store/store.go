// Package store is the adapter's only state: the pods, the last sample of each, and the groups of pods with their estimators.
package store

import (
	"time"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// Metric is one configured metric.
type Metric struct {
	Name      string        // as a share of the smoothed total, for example active_users_per_pod
	RawName   string        // as last measured, for example active_users_raw
	MaxAge    time.Duration // a value older than this is never used
	Min, Max  float64       // the accepted range, inclusive
	Smoothing smoothing.HalfLives
}

// HPA names a HorizontalPodAutoscaler.
type HPA struct{ Namespace, Name string }

// Total is what is known of an HPA's pods for one metric.
type Total struct {
	HPA                         HPA
	Metric                      string
	Raw, Smoothed               float64
	Counted, Departing, Matched int
}

// Drop says how many samples of a metric were not accepted, by reason.
type Drop struct {
	Metric string
	Reason sample.Reason
	Count  uint64
}

// Store holds everything that the adapter knows. It is safe for concurrent use.
type Store struct{}

// New returns an empty store for the metrics.
func New(metrics []Metric) *Store { return &Store{} }

// SetPod inserts or updates a pod.
func (s *Store) SetPod(p sample.Pod) {}

// DeletePod removes a pod that is gone.
func (s *Store) DeletePod(uid types.UID) {}

// SetHPA says which pods an HPA scales.
func (s *Store) SetHPA(h HPA, selector labels.Selector) {}

// DeleteHPA forgets an HPA.
func (s *Store) DeleteHPA(h HPA) {}

// PodByName returns the newest pod of that name.
func (s *Store) PodByName(namespace, name string) (sample.Pod, bool) { return sample.Pod{}, false }

// Targets appends the pods to scrape to buf: those with a Target and an IP that run, deleting ones included.
func (s *Store) Targets(buf []sample.Pod) []sample.Pod { return buf }

// Record takes in what one collection brought.
func (s *Store) Record(now time.Time, b sample.Batch) {}

// Group returns the values of the counted pods that match the selector.
func (s *Store) Group(now time.Time, metric, namespace string, selector labels.Selector) ([]sample.Value, error) {
	return nil, sample.ErrUnknownMetric
}

// Pod returns the value of one pod.
func (s *Store) Pod(now time.Time, metric, namespace, name string) (sample.Value, error) {
	return sample.Value{}, sample.ErrUnknownMetric
}

// Totals returns both totals of every HPA and metric.
func (s *Store) Totals(now time.Time) []Total { return nil }

// Drops returns how many samples were not accepted.
func (s *Store) Drops() []Drop { return nil }

// Metrics returns the names of all metrics that are served.
func (s *Store) Metrics() []string { return nil }
