package simulate

import (
	"math"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"userscale.dev/userscale/replay/internal/timeline"
)

// describe says in the run's timeline what was run.
func (c *Config) describe(out *timeline.Timeline) {
	out.Trace, out.Policy, out.Seed = c.Trace, c.PolicyName, c.Seed
	out.PodCapacity, out.PodStart = c.Pods.Capacity, c.Pods.Start.Seconds()
	out.MinReplicas, out.MaxReplicas = *c.Policy.HPA.Spec.MinReplicas, c.Policy.HPA.Spec.MaxReplicas
	out.Points = make([]timeline.Point, 0, len(c.Users))
}

// initial is how many pods there are before the trace begins.
func (c *Config) initial() int32 {
	if c.Initial > 0 {
		return c.Initial
	}
	needed := int32(0)
	if len(c.Users) > 0 {
		needed = int32(math.Ceil(min(c.Users[0]/c.Pods.Capacity, math.MaxInt32)))
	}
	hpa := c.Policy.HPA
	return max(min(max(needed, *hpa.Spec.MinReplicas), hpa.Spec.MaxReplicas), 1)
}

// containerOf is the name of the pods' container: one that the HPA asks for, if it does.
func containerOf(hpa *autoscalingv2.HorizontalPodAutoscaler) string {
	for _, m := range hpa.Spec.Metrics {
		if m.ContainerResource != nil {
			return m.ContainerResource.Container
		}
	}
	return hpa.Spec.ScaleTargetRef.Name
}

// metricOf names one of the HPA's metrics and its target.
func metricOf(m *autoscalingv2.MetricSpec) timeline.Metric {
	name, target := "", autoscalingv2.MetricTarget{}
	switch {
	case m.Pods != nil:
		name, target = m.Pods.Metric.Name, m.Pods.Target
	case m.Object != nil:
		name, target = m.Object.Metric.Name, m.Object.Target
	case m.Resource != nil:
		name, target = string(m.Resource.Name), m.Resource.Target
	case m.ContainerResource != nil:
		name, target = string(m.ContainerResource.Name), m.ContainerResource.Target
	}
	switch {
	case target.AverageUtilization != nil:
		return timeline.Metric{Name: name, Unit: percent, Target: float64(*target.AverageUtilization)}
	case target.AverageValue != nil:
		return timeline.Metric{Name: name, Target: target.AverageValue.AsApproximateFloat64()}
	case target.Value != nil:
		return timeline.Metric{Name: name, Target: target.Value.AsApproximateFloat64()}
	default:
		return timeline.Metric{Name: name}
	}
}

// percent is the unit of a utilization.
const percent = "%"

// point notes what a second was like that is over now.
func (w *world) point(now time.Time, t int) {
	p := timeline.Point{T: int32(t), Users: w.workload.Users(), Served: w.workload.Served(), Desired: w.desired}
	cpu, gpu := 0.0, 0.0
	for _, pod := range w.workload.Pods() {
		p.Running++
		if pod.IsReady(now.Add(-time.Nanosecond)) {
			p.Ready++
			cpu += w.workload.CPU(pod)
			gpu += w.workload.GPU(pod)
		}
	}
	p.Started = int32(w.workload.Created() - w.started)
	w.started = w.workload.Created()
	if p.Ready > 0 {
		p.CPU = timeline.Known(100 * cpu / float64(p.Ready) / w.config.CPURequest)
		if w.hasGPU() {
			p.GPU = timeline.Known(gpu / float64(p.Ready))
		}
	}
	p.Raw, p.Smoothed = w.totals(now)
	w.out.Points = append(w.out.Points, p)
}

func (w *world) hasGPU() bool {
	for i := range w.config.Policy.Settings.Metrics {
		if w.config.Policy.Settings.Metrics[i].DCGM != nil {
			return true
		}
	}
	return false
}

// totals are those of the users' metric that the HPA names first, or else of the first one that is configured.
func (w *world) totals(now time.Time) (raw, smoothed timeline.Value) {
	a := w.custom.serving.Load()
	if a == nil {
		return raw, smoothed
	}
	for _, t := range a.store.Totals(now) {
		if t.Metric != w.config.usersMetric() || t.Counted == 0 {
			continue
		}
		return timeline.Known(t.Raw), timeline.Known(t.Smoothed)
	}
	return raw, smoothed
}

// usersMetric is the name of the metric whose totals are shown; empty if none is about users.
func (c *Config) usersMetric() string {
	first := ""
	for i := range c.Policy.Settings.Metrics {
		m := &c.Policy.Settings.Metrics[i]
		if m.DCGM != nil {
			continue
		}
		if first == "" {
			first = m.Name
		}
		for _, named := range c.Policy.HPA.Spec.Metrics {
			if named.Pods != nil && (named.Pods.Metric.Name == m.Name || named.Pods.Metric.Name == m.RawName) {
				return m.Name
			}
		}
	}
	return first
}
