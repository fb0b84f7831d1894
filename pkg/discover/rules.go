package discover

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// Rules say what discovery makes of annotations and labels. They are never written to after they were handed over.
type Rules struct {
	Pods      []Rule           // one for each metric that pods are asked for
	HalfLives smoothing.Limits // of what an HPA's annotations may ask for
}

// Rule says which pods are asked for a metric, and where. The first way that applies to a pod counts: its own annotations, the
// selectors in their order, its annotations for Prometheus. A pod whose own annotation says that it is not scraped is asked for nothing.
type Rule struct {
	Metric      string
	Annotations bool // userscale.dev annotations opt pods in
	Selectors   []Selector
	Prometheus  bool // so do prometheus.io annotations
}

// Selector selects pods that need no annotations, and says where they answer.
type Selector struct {
	Namespaces []string // all if there are none
	Labels     labels.Selector
	Port       string // a number or a container port's name; the first container port if empty
	Path       string // with its leading slash
	Scheme     string // "http" or "https"
}

// Pod is what the registry is told of a pod under the rules.
func (r *Rules) Pod(pod *corev1.Pod) sample.Pod { return toSample(pod, r.targets(pod)) }

// Smoothing is what an HPA's annotations ask for under the rules. Its Problem names every annotation that cannot be followed; none is
// followed then.
func (r *Rules) Smoothing(annotations map[string]string) smoothing.Override {
	return overrideOf(annotations, r.HalfLives)
}

// targets returns how to ask a pod for each of the metrics that it is asked for.
func (r *Rules) targets(pod *corev1.Pod) []sample.Target {
	own, wish := annotated(pod, annotationPrefix)
	if wish == unwilling {
		return nil
	}
	var targets []sample.Target
	for i := range r.Pods {
		rule := &r.Pods[i]
		target, ok := own, rule.Annotations && wish == willing
		if !ok {
			target, ok = rule.target(pod)
		}
		if ok {
			target.Metric = rule.Metric
			targets = append(targets, target)
		}
	}
	return slices.Clip(targets)
}

// target returns how to ask a pod that has no annotations for the adapter, and false if it is not asked.
func (r *Rule) target(pod *corev1.Pod) (sample.Target, bool) {
	for i := range r.Selectors {
		if s := &r.Selectors[i]; s.matches(pod) {
			return s.target(pod, i), true
		}
	}
	if !r.Prometheus {
		return sample.Target{}, false
	}
	target, wish := annotated(pod, prometheusPrefix)
	return target, wish == willing
}

func (s *Selector) matches(pod *corev1.Pod) bool {
	return (len(s.Namespaces) == 0 || slices.Contains(s.Namespaces, pod.Namespace)) && s.Labels.Matches(labels.Set(pod.Labels))
}

func (s *Selector) target(pod *corev1.Pod, i int) sample.Target {
	port, err := portOf(pod, s.Port)
	if err != nil {
		return sample.Target{Problem: fmt.Sprintf("targets[%d].port of the configuration: %v", i, err)}
	}
	return sample.Target{Scheme: s.Scheme, Port: port, Path: s.Path}
}
