package simulate

import (
	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"userscale.dev/userscale/replay/internal/timeline"
)

// ReadingOf is the i-th metric's value in a status, in its target's unit; absent where it could not be had.
func ReadingOf(s *autoscalingv2.HorizontalPodAutoscalerStatus, i int) timeline.Value {
	if i >= len(s.CurrentMetrics) {
		return timeline.Value{}
	}
	var v autoscalingv2.MetricValueStatus
	switch m := &s.CurrentMetrics[i]; {
	case m.Pods != nil:
		v = m.Pods.Current
	case m.Object != nil:
		v = m.Object.Current
	case m.Resource != nil:
		v = m.Resource.Current
	case m.ContainerResource != nil:
		v = m.ContainerResource.Current
	}
	switch {
	case v.AverageUtilization != nil:
		return timeline.Known(float64(*v.AverageUtilization))
	case v.AverageValue != nil:
		return timeline.Known(float64(v.AverageValue.MilliValue()) / 1000)
	case v.Value != nil:
		return timeline.Known(float64(v.Value.MilliValue()) / 1000)
	default:
		return timeline.Value{}
	}
}
