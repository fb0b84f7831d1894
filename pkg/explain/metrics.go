package explain

import (
	"fmt"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"userscale.dev/userscale/pkg/hpa"
)

// metrics explains every metric of the HPA.
func (in Input) metrics(t hpa.Tolerances) []Metric {
	metrics := make([]Metric, len(in.HPA.Spec.Metrics))
	for i, spec := range in.HPA.Spec.Metrics {
		metrics[i] = Metric{Type: spec.Type, Tolerance: Tolerance{Up: t.Up, Down: t.Down}}
		if i < len(in.HPA.Status.CurrentMetrics) { // in the order of the spec; empty for one that was invalid
			metrics[i].see(in.HPA.Status.CurrentMetrics[i])
		}
		in.explain(&metrics[i], spec, in.Objects[i])
	}
	return metrics
}

func (in Input) explain(m *Metric, spec autoscalingv2.MetricSpec, o Object) {
	m.name(spec)
	switch {
	case in.Scale == nil || in.Scale.Status.Selector == "":
		m.Unknown = "the target's pods are not known"
	case spec.Pods != nil:
		in.podsMetric(m, spec.Pods)
	case spec.Resource != nil, spec.ContainerResource != nil:
		in.resourceMetric(m)
	case spec.Object != nil:
		in.objectMetric(m, o, spec.Object)
	case spec.External != nil:
		m.Unknown = "only the HPA reads external metrics"
	default:
		m.Unknown = fmt.Sprintf("metrics of type %q are not known here", spec.Type)
	}
}

// name enters what the HPA calls the metric, and its target.
func (m *Metric) name(spec autoscalingv2.MetricSpec) {
	switch {
	case spec.Pods != nil:
		m.Name, m.Target = spec.Pods.Metric.Name, spec.Pods.Target
	case spec.Resource != nil:
		m.Name, m.Target = string(spec.Resource.Name), spec.Resource.Target
	case spec.ContainerResource != nil:
		m.Name, m.Target = string(spec.ContainerResource.Name), spec.ContainerResource.Target
		m.Container = spec.ContainerResource.Container
	case spec.Object != nil:
		m.Name, m.Target = spec.Object.Metric.Name, spec.Object.Target
		m.Object = spec.Object.DescribedObject.Kind + " " + spec.Object.DescribedObject.Name
	case spec.External != nil:
		m.Name, m.Target = spec.External.Metric.Name, spec.External.Target
	}
}

// see enters the value of the HPA's last pass.
func (m *Metric) see(status autoscalingv2.MetricStatus) {
	switch {
	case status.Type != m.Type:
	case status.Pods != nil:
		m.Seen = &status.Pods.Current
	case status.Resource != nil:
		m.Seen = &status.Resource.Current
	case status.ContainerResource != nil:
		m.Seen = &status.ContainerResource.Current
	case status.Object != nil:
		m.Seen = &status.Object.Current
	case status.External != nil:
		m.Seen = &status.External.Current
	}
}

// sync is what the controller would know now.
func (in Input) sync(t Tolerance) hpa.Sync {
	return hpa.Sync{
		Now: in.Now, Replicas: current(in.Scale), Running: in.Scale.Status.Replicas, Pods: in.Pods,
		Tolerances:              hpa.Tolerances{Up: t.Up, Down: t.Down},
		CPUInitializationPeriod: hpa.DefaultCPUInitializationPeriod, InitialReadinessDelay: hpa.DefaultInitialReadinessDelay,
	}
}

// averageValue takes the proposal for readings against a target per pod.
func (in Input) averageValue(m *Metric, name corev1.ResourceName, readings map[string]hpa.Reading) {
	format := resource.DecimalSI
	if name == corev1.ResourceMemory {
		format = resource.BinarySI
	}
	if m.Target.AverageValue == nil {
		m.Invalid = "its target has no averageValue"
		return
	}
	p, err := hpa.AverageValue(in.sync(m.Tolerance), name, m.Target.AverageValue.MilliValue(), readings)
	m.propose(p, err, autoscalingv2.MetricValueStatus{AverageValue: resource.NewMilliQuantity(p.Usage, format)})
}

// propose enters what the HPA makes of the readings, and each pod's part in it.
func (m *Metric) propose(p hpa.Proposal, err error, usage autoscalingv2.MetricValueStatus) {
	parts := map[string]Part{}
	for part, names := range map[Part][]string{
		PartCounted: p.Counted, PartMissing: p.Missing, PartPending: p.Pending, PartIgnored: p.Ignored,
	} {
		for _, name := range names {
			parts[name] = part
		}
	}
	for i := range m.Pods {
		m.Pods[i].Part = parts[m.Pods[i].Name]
	}
	if m.Invalid != "" {
		return
	}
	if err != nil {
		m.Invalid = err.Error()
		return
	}
	m.Proposal = &Proposal{
		Replicas: p.Replicas, Usage: usage, Ratio: p.Ratio, AdjustedRatio: p.AdjustedRatio, Outcome: p.Outcome,
		Counted: len(p.Counted), Missing: len(p.Missing), Pending: len(p.Pending), Ignored: len(p.Ignored),
	}
}
