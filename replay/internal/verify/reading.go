package verify

import (
	"math"

	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"userscale.dev/userscale/replay/internal/recording"
	"userscale.dev/userscale/replay/internal/simulate"
	"userscale.dev/userscale/replay/internal/timeline"
)

// Reading is how far what the controller read of a metric, as its status has it, is from what it read in the replay.
type Reading struct {
	Metric   timeline.Metric
	Both     int            // passes in which both had a value
	OneSided int            // passes in which one had a value and the other none
	Largest  timeline.Value // difference, replayed − recorded, in the metric's unit; absent where Both is 0
	At       float64        // of the pass with the largest one
}

// readings compares the HPA's i-th metric over all recorded passes.
func readings(m timeline.Metric, i int, passes []*recording.Event, statuses []*autoscalingv2.HorizontalPodAutoscalerStatus) Reading {
	r := Reading{Metric: m}
	for n, e := range passes {
		if statuses[n] == nil {
			continue
		}
		was, wasThere := simulate.ReadingOf(&e.Pass.Status, i).Get()
		is, isThere := simulate.ReadingOf(statuses[n], i).Get()
		switch {
		case wasThere && isThere:
			r.Both++
			if largest, ok := r.Largest.Get(); !ok || math.Abs(is-was) > math.Abs(largest) {
				r.Largest, r.At = timeline.Known(is-was), e.T
			}
		case wasThere != isThere:
			r.OneSided++
		}
	}
	return r
}
