package compare

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"

	"userscale.dev/userscale/replay/internal/policy"
)

// Raw is the simplest policy that sees the users: an HPA whose only metric is their raw total, with a target.
type Raw struct {
	Target float64

	from   *policy.Policy
	metric string
}

// RawOf finds it in a policy: of its first metric that the adapter smooths, the raw one, at the same target. All else about the HPA
// (bounds, behaviour) stays. Where no metric of the policy is one, it is that of other, such as the policy that it is compared with.
func RawOf(p, other *policy.Policy) (Raw, error) {
	for _, q := range []*policy.Policy{p, other} {
		for i := range q.HPA.Spec.Metrics {
			m := &q.HPA.Spec.Metrics[i]
			if m.Type != autoscalingv2.PodsMetricSourceType || m.Pods.Target.AverageValue == nil {
				continue
			}
			for j := range q.Metrics {
				known := &q.Metrics[j]
				if known.RawName != "" && (m.Pods.Metric.Name == known.Name || m.Pods.Metric.Name == known.RawName) {
					return Raw{m.Pods.Target.AverageValue.AsApproximateFloat64(), p, known.RawName}, nil
				}
			}
		}
	}
	return Raw{}, errors.New("no control: allowed: a policy with a Pods metric that the configuration smooths and gives a rawName")
}

// Scaled is the policy with its target times factor: above 1 it costs less, and serves less.
func (r Raw) Scaled(factor float64) (*policy.Policy, error) {
	hpa := r.from.HPA.DeepCopy()
	target := resource.NewMilliQuantity(max(1, int64(math.Round(1000*r.Target*factor))), resource.DecimalSI)
	hpa.Spec.Metrics = []autoscalingv2.MetricSpec{{
		Type: autoscalingv2.PodsMetricSourceType,
		Pods: &autoscalingv2.PodsMetricSource{
			Metric: autoscalingv2.MetricIdentifier{Name: r.metric},
			Target: autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: target},
		},
	}}
	p, err := policy.New(hpa, r.from.Settings)
	if err != nil {
		return nil, fmt.Errorf("control: %w", err)
	}
	return p, nil
}

// key is the same for policies with the same controls: those with equal bounds and behaviour.
func (r Raw) key() (string, error) {
	spec := r.from.HPA.Spec.DeepCopy()
	spec.Metrics = nil
	text, err := json.Marshal(spec)
	return fmt.Sprintf("%s %g %s", r.metric, r.Target, text), err
}
