package pods

import (
	"maps"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// rates remembers each pod's counter. A pod that comes back under another UID is another pod, with another counter.
type rates struct {
	maxGap   time.Duration
	counters map[types.UID]*counter
	round    uint64 // counts the collections
}

type counter struct {
	smoothing.Counter
	round uint64 // when the pod was last a target
}

func newRates(maxGap time.Duration) rates {
	return rates{maxGap: maxGap, counters: map[types.UID]*counter{}}
}

// update puts the rate of a pod's counter between its last reading and this one, the exact average since then, in the place of the
// gauge, which tells of this moment only. The gauge stands in where there is no rate: at the pod's first reading, after a reset or a
// gap longer than maxGap, and where the body has no counter. The sample keeps the time of this reading.
//
// A reading's time is off by at most half of its round trip. What one rate is too high for that, the next is too low. The counters of
// pods that failed are kept, those of pods that are no longer targets are dropped.
func (r *rates) update(pods []sample.Pod, answers []answer) {
	r.round++
	for i := range answers {
		a, uid := &answers[i], pods[i].UID
		c := r.counters[uid]
		if c == nil && a.hasCounter {
			c = &counter{Counter: smoothing.Counter{MaxGap: r.maxGap}}
			r.counters[uid] = c
		}
		if c == nil {
			continue
		}
		c.round = r.round
		if !a.hasCounter {
			continue
		}
		if rate, ok := c.Rate(a.counter, a.sample.Time); ok {
			a.sample.Value = rate
		}
	}
	maps.DeleteFunc(r.counters, func(_ types.UID, c *counter) bool { return c.round != r.round })
}
