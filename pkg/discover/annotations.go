package discover

import "sync"

// asking are the annotations of pods that are read, in any order.
func asking() [8]string {
	return [...]string{
		annotationPrefix + scrapeAnnotation, annotationPrefix + portAnnotation, annotationPrefix + pathAnnotation, annotationPrefix + schemeAnnotation,
		prometheusPrefix + scrapeAnnotation, prometheusPrefix + portAnnotation, prometheusPrefix + pathAnnotation, prometheusPrefix + schemeAnnotation,
	}
}

// distinct is how many different ways to be asked are remembered before all are forgotten, which costs memory and nothing else.
const distinct = 1000

// annotations keeps those that are read, once for all pods that have the same: the pods of a workload do. So those for Prometheus,
// which many pods have and no rule may ask for yet, cost next to nothing, and rules that come to ask for them find them.
type annotations struct {
	mu    sync.Mutex                      // guards known
	known map[[8]string]map[string]string // by the values in the order of asking
}

func newAnnotations() *annotations { return &annotations{known: map[[8]string]map[string]string{}} }

// of returns the annotations that are read; nil if there are none. Nobody writes to them.
func (a *annotations) of(all map[string]string) map[string]string {
	var values [8]string
	for i, name := range asking() {
		values[i] = all[name]
	}
	if values == ([8]string{}) {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	kept, ok := a.known[values]
	if !ok {
		kept = keep(values)
		if len(a.known) >= distinct {
			clear(a.known)
		}
		a.known[values] = kept
	}
	return kept
}

func keep(values [8]string) map[string]string {
	kept := map[string]string{}
	for i, name := range asking() {
		if values[i] != "" {
			kept[name] = values[i]
		}
	}
	return kept
}
