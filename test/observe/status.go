package observe

import (
	"fmt"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
)

// fromStatus reads the part of an observation that is the HPA's own status: one sync's replicas, metrics and conditions.
func fromStatus(hpa *autoscalingv2.HorizontalPodAutoscaler) Observation {
	o := Observation{
		Current: hpa.Status.CurrentReplicas,
		Desired: hpa.Status.DesiredReplicas,
		Metrics: map[string]Metric{},
		Raw:     map[string]float64{}, Smoothed: map[string]float64{},
	}
	targets := targets(hpa)
	for _, m := range hpa.Status.CurrentMetrics {
		switch {
		case m.Pods != nil && m.Pods.Current.AverageValue != nil:
			name := m.Pods.Metric.Name
			o.Metrics[name] = Metric{name, m.Pods.Current.AverageValue.AsApproximateFloat64(), targets[name]}
		case m.Object != nil && m.Object.Current.AverageValue != nil:
			name := m.Object.Metric.Name
			o.Metrics[name] = Metric{name, m.Object.Current.AverageValue.AsApproximateFloat64(), targets[name]}
		case m.Resource != nil && m.Resource.Current.AverageUtilization != nil:
			name := string(m.Resource.Name)
			o.Metrics[name] = Metric{name, float64(*m.Resource.Current.AverageUtilization), targets[name]}
		}
	}
	for _, c := range hpa.Status.Conditions {
		switch {
		case c.Type == autoscalingv2.ScalingActive:
			o.Active = c.Status == corev1.ConditionTrue
			if !o.Active {
				o.Reason = fmt.Sprintf("%s: %s", c.Reason, c.Message)
			}
		case o.Reason != "":
		case c.Type == autoscalingv2.ScalingLimited && c.Status == corev1.ConditionTrue,
			c.Type == autoscalingv2.AbleToScale && c.Reason == "ScaleDownStabilized":
			o.Reason = c.Reason
		}
	}
	return o
}

// targets are the HPA's targets by metric name.
func targets(hpa *autoscalingv2.HorizontalPodAutoscaler) map[string]float64 {
	out := map[string]float64{}
	for _, m := range hpa.Spec.Metrics {
		switch {
		case m.Pods != nil && m.Pods.Target.AverageValue != nil:
			out[m.Pods.Metric.Name] = m.Pods.Target.AverageValue.AsApproximateFloat64()
		case m.Object != nil && m.Object.Target.AverageValue != nil:
			out[m.Object.Metric.Name] = m.Object.Target.AverageValue.AsApproximateFloat64()
		case m.Resource != nil && m.Resource.Target.AverageUtilization != nil:
			out[string(m.Resource.Name)] = float64(*m.Resource.Target.AverageUtilization)
		}
	}
	return out
}
