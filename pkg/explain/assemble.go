package explain

import (
	"time"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metricsv1beta1 "k8s.io/metrics/pkg/apis/metrics/v1beta1"

	"userscale.dev/userscale/pkg/hpa"
	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/pkg/store"
)

// Input is all that a report is made of.
type Input struct {
	Now      time.Time
	HPA      *autoscalingv2.HorizontalPodAutoscaler
	Scale    *autoscalingv1.Scale // of the HPA's target; nil if ScaleErr says why
	ScaleErr error
	Pods     []*corev1.Pod               // that match the scale's selector
	Usage    []metricsv1beta1.PodMetrics // of these pods, if a metric needs it
	UsageErr error                       // why there is no Usage
	Values   *store.Description          // what the adapter measured; nil if it does not know the HPA's pods
	Objects  map[int]Object              // that the HPA's metrics describe, by metric
}

// Assemble explains an HPA.
func Assemble(in Input) Report {
	h := in.HPA
	limits := hpa.LimitsOf(h, current(in.Scale))
	tolerances := hpa.TolerancesOf(h)
	r := Report{
		Namespace: h.Namespace, Name: h.Name, Time: in.Now.UTC(),
		Target:    Target{Kind: h.Spec.ScaleTargetRef.Kind, Name: h.Spec.ScaleTargetRef.Name},
		Replicas:  Replicas{Desired: h.Status.DesiredReplicas, Min: 1, Max: h.Spec.MaxReplicas},
		Smoothing: smoothingOf(in.Values),
		ScaleUp:   Direction{Tolerance: tolerances.Up, StabilizationWindowSeconds: limits.ScaleUpWindow.Seconds()},
		ScaleDown: Direction{Tolerance: tolerances.Down, StabilizationWindowSeconds: limits.ScaleDownWindow.Seconds()},
	}
	if h.Spec.MinReplicas != nil {
		r.Replicas.Min = *h.Spec.MinReplicas
	}
	if b := h.Spec.Behavior; b != nil {
		r.ScaleUp.take(b.ScaleUp)
		r.ScaleDown.take(b.ScaleDown)
	}
	for _, c := range h.Status.Conditions {
		r.Conditions = append(r.Conditions, Condition{string(c.Type), string(c.Status), c.Reason, c.Message})
	}
	if t := h.Status.LastScaleTime; t != nil {
		utc := t.UTC()
		r.LastScaleTime = &utc
	}
	r.scale(in)
	r.Metrics = in.metrics(tolerances)
	if r.Target.Problem == "" {
		r.decide(limits)
	}
	r.Sentence = r.sentence()
	return r
}

func current(s *autoscalingv1.Scale) int32 {
	if s == nil {
		return 0
	}
	return s.Spec.Replicas
}

func (d *Direction) take(rules *autoscalingv2.HPAScalingRules) {
	if rules == nil {
		return
	}
	d.Policies = rules.Policies
	if rules.SelectPolicy != nil {
		d.SelectPolicy = string(*rules.SelectPolicy)
	}
}

// scale enters the target's counts, or why there are none.
func (r *Report) scale(in Input) {
	switch {
	case in.ScaleErr != nil:
		r.Target.Problem = in.ScaleErr.Error()
		return
	case in.Scale.Status.Selector == "":
		r.Target.Problem = "reports no selector of its pods"
	}
	r.Target.Selector = in.Scale.Status.Selector
	r.Replicas.Current, r.Replicas.Running = &in.Scale.Spec.Replicas, &in.Scale.Status.Replicas
}

// smoothingOf says what the adapter makes of the HPA's annotations; nil if it has none that are about smoothing.
func smoothingOf(values *store.Description) *Smoothing {
	if values == nil || values.Override == (smoothing.Override{}) {
		return nil
	}
	o := &values.Override
	return &Smoothing{RiseHalfLifeSeconds: seconds(o.Rise), FallHalfLifeSeconds: seconds(o.Fall), Problem: o.Problem}
}

func seconds(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	s := d.Seconds()
	return &s
}
