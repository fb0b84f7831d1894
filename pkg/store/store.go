// Package store is the adapter's only state: the pods, the last sample of each, and the groups of pods with their smoothed totals.
//
// A group is a namespace and a label selector. What is smoothed is the total of a group, not its pods, because pods come and go
// while the total is what the users ask for. Three things change a group's smoothed total S:
//
//   - A collection (Record) moves S towards the raw total X, the sum of the last values, by the time since the collection before.
//     Between collections S holds, so that asking never changes what others are told.
//   - A change of coverage rescales S at once: a value that becomes too old takes its part along, and brings it back when it returns.
//   - A change of load does not: pods that start and pods that leave change X only.
//
// What is served for a pod is its part of S, so that the parts sum to S.
package store

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// Metric is one configured metric. The sums of accepted values must stay below 10¹⁵, so that they fit into thousandths.
type Metric struct {
	Name      string        // as shares of the smoothed total, for example active_users_per_pod
	RawName   string        // as last measured, for example active_users_raw; not served where empty
	TotalName string        // of an object: the smoothed total of the pods that it selects; not served where empty
	Interval  time.Duration // between two collections
	MaxAge    time.Duration // an older value is not used
	Min, Max  float64       // the accepted range, inclusive; negative values are never accepted
	Smoothing smoothing.HalfLives
	// MinCoverage is the share of a group's expected pods that must be counted for the group to be served; 0: any.
	MinCoverage float64
	Scraped     bool // each pod is asked itself, at its own IP
	// Unnamed is why a pod has no value that a collection of all pods at once says nothing of, for people.
	Unnamed string
	// Quantity is what is measured, in any words. Values that were measured under another one have nothing to do with the metric.
	Quantity string
}

// Store holds everything that the adapter knows. It is safe for concurrent use.
type Store struct {
	mu         sync.Mutex // guards everything below and all that it points to
	metrics    []metric
	served     map[string]servedName // of pods
	totals     map[string]int        // of objects: whose total, by TotalName
	pods       map[types.UID]*pod
	changes    uint64            // of pods
	departing  map[*pod]struct{} // those of pods that are being deleted
	namespaces map[string]*namespace
	hpas       map[HPA]*group
	adHoc      map[*group]struct{} // the groups without an HPA
	parts      []part              // reused by split
	view       view                // reused by settled
}

// metric is a configured metric and what happened to it.
type metric struct {
	Metric
	collections uint64 // that succeeded as a whole
	whole       uint64 // the last of them that was not partial
	failing     error  // why the last collection failed as a whole
	drops       map[sample.Reason]uint64
	addresses   map[address]*pod // who is asked there, after as many changes of pods as assigned says
	assigned    uint64
}

// servedName is what a name in the API stands for, of a pod.
type servedName struct {
	metric int // in Store.metrics
	raw    bool
}

// New returns an empty store for the metrics, whose names differ.
func New(metrics []Metric) *Store {
	s := &Store{
		pods:       map[types.UID]*pod{},
		departing:  map[*pod]struct{}{},
		namespaces: map[string]*namespace{},
		hpas:       map[HPA]*group{},
		adHoc:      map[*group]struct{}{},
	}
	s.Reconfigure(metrics)
	return s
}

// Metrics returns the names that are served of pods, smoothed and raw, in the order of the configuration.
func (s *Store) Metrics() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := make([]string, 0, 2*len(s.metrics))
	for i := range s.metrics {
		names = append(names, s.metrics[i].Name)
		if raw := s.metrics[i].RawName; raw != "" {
			names = append(names, raw)
		}
	}
	return names
}

// TotalNames returns the names that are served of objects, in the order of the configuration.
func (s *Store) TotalNames() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for i := range s.metrics {
		if total := s.metrics[i].TotalName; total != "" {
			names = append(names, total)
		}
	}
	return names
}
