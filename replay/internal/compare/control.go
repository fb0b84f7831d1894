package compare

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"

	"userscale.dev/userscale/pkg/store"
	"userscale.dev/userscale/replay/internal/policy"
)

// Users is the simplest policy that sees the users: an HPA whose only metric is their total, with a target.
type Users struct {
	Target float64

	from   *policy.Policy
	metric string
}

// RawOf finds the raw users in a policy: of its first metric that the adapter smooths, the raw one, at the same target. All else about the
// HPA (bounds, behaviour) stays. Where no metric of the policy is one, it is that of other, such as the policy that it is compared with.
func RawOf(p, other *policy.Policy) (Users, error) {
	for _, q := range []*policy.Policy{p, other} {
		if known, target := users(q); known != nil && known.RawName != "" {
			return Users{target, p, known.RawName}, nil
		}
	}
	return Users{}, errors.New("no control: allowed: a policy with a Pods metric that the configuration smooths and gives a rawName")
}

// SmoothedOf is a policy with its first metric that the adapter smooths alone.
func SmoothedOf(p *policy.Policy) (Users, error) {
	known, target := users(p)
	if known == nil {
		return Users{}, errors.New("no reference: allowed: a policy with a Pods metric that the configuration smooths")
	}
	return Users{target, p, known.Name}, nil
}

// users finds the first metric that the adapter smooths, and its target; nil if there is none.
func users(p *policy.Policy) (*store.Metric, float64) {
	for i := range p.HPA.Spec.Metrics {
		m := &p.HPA.Spec.Metrics[i]
		if m.Type != autoscalingv2.PodsMetricSourceType || m.Pods.Target.AverageValue == nil {
			continue
		}
		for j := range p.Metrics {
			if known := &p.Metrics[j]; m.Pods.Metric.Name == known.Name || (known.RawName != "" && m.Pods.Metric.Name == known.RawName) {
				return known, m.Pods.Target.AverageValue.AsApproximateFloat64()
			}
		}
	}
	return nil, 0
}

// Scaled is the policy with its target times factor: above 1 it costs less, and serves less.
func (u Users) Scaled(factor float64) (*policy.Policy, error) {
	hpa := u.from.HPA.DeepCopy()
	target := resource.NewMilliQuantity(max(1, int64(math.Round(1000*u.Target*factor))), resource.DecimalSI)
	hpa.Spec.Metrics = []autoscalingv2.MetricSpec{{
		Type: autoscalingv2.PodsMetricSourceType,
		Pods: &autoscalingv2.PodsMetricSource{
			Metric: autoscalingv2.MetricIdentifier{Name: u.metric},
			Target: autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: target},
		},
	}}
	p, err := policy.New(hpa, u.from.Settings)
	if err != nil {
		return nil, fmt.Errorf("control: %w", err)
	}
	return p, nil
}

// key is the same for policies with the same controls: those with equal bounds and behaviour, and where it matters equal smoothing.
func (u Users) key() (string, error) {
	spec := u.from.HPA.Spec.DeepCopy()
	spec.Metrics = nil
	text, err := json.Marshal(spec)
	smoothing := ""
	if known, _ := users(u.from); known != nil && known.Name == u.metric {
		smoothing = fmt.Sprint(u.from.HPA.Annotations)
	}
	return fmt.Sprintf("%s %g %s %s", u.metric, u.Target, text, smoothing), err
}
