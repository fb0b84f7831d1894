package discover

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"userscale.dev/userscale/pkg/sample"
)

// Rules say which pods are asked for which metrics.
type Rules struct {
	Pods []Rule // one for each metric that pods are asked for
}

// Rule says which pods are asked for a metric, and where.
type Rule struct {
	Metric      string
	Annotations bool // those that opted in by their own annotations are
}

// targets returns how to ask a pod, and what is wrong with its annotations.
func (r Rules) targets(pod *corev1.Pod) ([]sample.Target, error) {
	own, err := targetOf(pod)
	if own == nil && err == nil {
		return nil, nil
	}
	var targets []sample.Target
	for _, rule := range r.Pods {
		switch {
		case !rule.Annotations:
		case err != nil:
			targets = append(targets, sample.Target{Metric: rule.Metric, Problem: err.Error()})
		default:
			t := *own
			t.Metric = rule.Metric
			targets = append(targets, t)
		}
	}
	return slices.Clip(targets), err
}
