package meaning

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/discover"
	"userscale.dev/userscale/pkg/smoothing"
)

// DiscoveryRules say which pods are asked for which metrics, and what HPAs may ask for.
func DiscoveryRules(settings *config.AdapterConfiguration) (discover.Rules, error) {
	limits := settings.SmoothingLimits
	rules := discover.Rules{HalfLives: smoothing.Limits{Min: limits.MinHalfLife.Duration, Max: limits.MaxHalfLife.Duration}}
	for i := range settings.Metrics {
		m := &settings.Metrics[i]
		rule := discover.Rule{Metric: m.Name}
		var targets []config.Target
		switch {
		case m.Pods != nil:
			rule.Annotations, rule.Prometheus, targets = true, m.Pods.PrometheusAnnotations, m.Pods.Targets
		case m.DCGM != nil && m.DCGM.Exporters != nil:
			targets = m.DCGM.Exporters.Targets
		default: // no pod is asked
			continue
		}
		var err error
		if rule.Selectors, err = selectors(targets); err != nil {
			return discover.Rules{}, fmt.Errorf("metric %s: %w", m.Name, err)
		}
		rules.Pods = append(rules.Pods, rule)
	}
	return rules, nil
}

func selectors(targets []config.Target) ([]discover.Selector, error) {
	var selectors []discover.Selector
	for i := range targets {
		t := &targets[i]
		labels, err := metav1.LabelSelectorAsSelector(&t.Selector)
		if err != nil {
			return nil, fmt.Errorf("targets[%d].selector: %w", i, err)
		}
		s := discover.Selector{
			Namespaces: t.Namespaces, Labels: labels, Path: t.Path, Scheme: t.Scheme,
		}
		if t.Port != (intstr.IntOrString{}) {
			s.Port = t.Port.String()
		}
		selectors = append(selectors, s)
	}
	return selectors, nil
}
