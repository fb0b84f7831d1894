package recording

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// The bounds of what is recorded, far from what there is and from what would not fit into a number.
const (
	maxSeconds = 31 * 24 * 3600 // from the beginning, of an event
	maxAge     = 366 * 24 * 3600
	maxValue   = 1e12 // of a sample, which is the largest that a configuration can accept
	maxCores   = 1e6
)

// check says what is wrong with the state that a run began in.
func (h *Header) check() error {
	switch {
	case h.Began.Year() < 2000 || h.Began.Year() > 2199 || h.Began.Nanosecond()%int(time.Millisecond) != 0:
		return fmt.Errorf("began %q: allowed: a time in whole milliseconds, of the years 2000 to 2199", h.Began.Format(time.RFC3339Nano))
	case h.HPA == nil:
		return errors.New("hpa is missing")
	case h.HPA.Name == "" || h.HPA.Namespace == "":
		return fmt.Errorf("hpa.metadata: name %q in namespace %q: allowed: not empty", h.HPA.Name, h.HPA.Namespace)
	case h.Replicas < 0:
		return fmt.Errorf("replicas %d: allowed: 0 or more", h.Replicas)
	}
	names := h.metrics()
	seen := map[string]bool{}
	for i, t := range h.Totals {
		switch {
		case !slices.Contains(names, t.Metric) || seen[t.Metric]:
			return fmt.Errorf("totals[%d].metric %q: allowed: each of %q once, as configured", i, t.Metric, names)
		case !within(t.Smoothed, 0, 1e15):
			return fmt.Errorf("totals[%d].smoothed %g: allowed: from 0 to 1e15", i, t.Smoothed)
		}
		seen[t.Metric] = true
	}
	return nil
}

// metrics are the names of those that are configured.
func (h *Header) metrics() (names []string) {
	for i := range h.Configuration.Metrics {
		names = append(names, h.Configuration.Metrics[i].Name)
	}
	return names
}

// checker says what is wrong with events, one after the other.
type checker struct {
	namespace string
	metrics   []string
	pods      map[string]bool      // by name: whether it is still there
	names     map[types.UID]string // of the pods
	at        float64              // of the event before
}

func newChecker(h *Header) *checker {
	c := &checker{pods: map[string]bool{}, names: map[types.UID]string{}}
	if h.HPA != nil {
		c.namespace = h.HPA.Namespace
	}
	if h.Configuration != nil {
		c.metrics = h.metrics()
	}
	return c
}

func (c *checker) event(e *Event) error {
	if !within(e.T, c.at, maxSeconds) {
		return fmt.Errorf("t %v: allowed: from %v, the time of the event before, to %d", e.T, c.at, maxSeconds)
	}
	c.at = e.T
	var errs []error
	if e.Pod != nil {
		errs = append(errs, c.pod(e.Pod))
	}
	if e.Gone != "" {
		errs = append(errs, c.gone(e.Gone))
	}
	if e.Collection != nil {
		errs = append(errs, c.collection(e.Collection, e.T))
	}
	if e.Usage != nil {
		errs = append(errs, c.usage(e.Usage))
	}
	if e.Pass != nil {
		errs = append(errs, nil) // a status is the API server's
	}
	if e.Rescale != nil {
		errs = append(errs, e.Rescale.check())
	}
	if len(errs) != 1 {
		return fmt.Errorf("%d fields besides t: allowed: one of pod, gone, collection, usage, pass and rescale", len(errs))
	}
	return errs[0]
}

func (c *checker) pod(p *corev1.Pod) error {
	switch {
	case p.Name == "" || p.UID == "":
		return fmt.Errorf("pod.metadata: name %q, uid %q: allowed: not empty", p.Name, p.UID)
	case p.Namespace != c.namespace:
		return fmt.Errorf("pod.metadata.namespace %q: allowed: %q, the HPA's", p.Namespace, c.namespace)
	case c.names[p.UID] != "" && c.names[p.UID] != p.Name:
		return fmt.Errorf("pod.metadata.uid %q of %q: allowed: one that no other pod has, as %q has it", p.UID, p.Name, c.names[p.UID])
	}
	c.pods[p.Name], c.names[p.UID] = true, p.Name
	return nil
}

func (c *checker) gone(name string) error {
	if !c.pods[name] {
		return fmt.Errorf("gone %q: allowed: a pod that is there", name)
	}
	c.pods[name] = false
	return nil
}

// known says whether there was a pod of the name so far: what one brought can come after its end.
func (c *checker) known(name string) bool { _, ok := c.pods[name]; return ok }

func (c *checker) collection(n *Collection, at float64) error {
	if !slices.Contains(c.metrics, n.Metric) {
		return fmt.Errorf("collection.metric %q: allowed: one of %q, as configured", n.Metric, c.metrics)
	}
	seen := map[string]bool{}
	for i, v := range n.Values {
		switch {
		case !c.known(v.Pod) || seen[v.Pod]:
			return fmt.Errorf("collection.values[%d].pod %q: allowed: each pod that was told of before, once", i, v.Pod)
		case !within(v.Value, 0, maxValue):
			return fmt.Errorf("collection.values[%d].value %v: allowed: from 0 to %g", i, v.Value, float64(maxValue))
		case !within(v.At, -maxAge, at+5):
			return fmt.Errorf("collection.values[%d].at %v: allowed: from %d to %v, 5 s after the collection", i, v.At, -maxAge, at+5)
		}
		seen[v.Pod] = true
	}
	for _, name := range slices.Sorted(maps.Keys(n.Failures)) {
		if reason := n.Failures[name]; !c.known(name) || seen[name] || reason == "" {
			return fmt.Errorf("collection.failures: %q: %q: allowed: a reason, of a pod that was told of before and has no value", name, reason)
		}
	}
	return nil
}

// usage may be of pods that nobody told of: metrics-server remembers those that are gone.
func (c *checker) usage(u *Usage) error {
	seen := map[string]bool{}
	for i, p := range u.Pods {
		switch {
		case p.Pod == "" || seen[p.Pod]:
			return fmt.Errorf("usage.pods[%d].pod %q: allowed: each pod once", i, p.Pod)
		case p.At.Year() < 2000 || p.At.Year() > 2199:
			return fmt.Errorf("usage.pods[%d].at %q: allowed: a time of the years 2000 to 2199", i, p.At.Format(time.RFC3339Nano))
		case !within(p.Window, 0, maxSeconds):
			return fmt.Errorf("usage.pods[%d].window %v: allowed: from 0 to %d seconds", i, p.Window, maxSeconds)
		}
		for _, name := range slices.Sorted(maps.Keys(p.Containers)) {
			if cores := p.Containers[name]; !within(cores, 0, maxCores) {
				return fmt.Errorf("usage.pods[%d].containers: %q: %v: allowed: from 0 to %g cores", i, name, cores, float64(maxCores))
			}
		}
		seen[p.Pod] = true
	}
	return nil
}

func (r *Rescale) check() error {
	if r.From < 0 || r.To < 0 || r.From == r.To {
		return fmt.Errorf("rescale: from %d to %d: allowed: two counts that differ, 0 or more", r.From, r.To)
	}
	return nil
}

// within says whether a number is in a range, which a NaN never is.
func within(x, least, most float64) bool { return x >= least && x <= most }
