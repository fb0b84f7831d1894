package discover

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"userscale.dev/userscale/pkg/sample"
)

// The annotations by which a pod says whether and how it is scraped begin with a prefix: the adapter's own, or the one that is
// customary for Prometheus. One that is empty counts as unset.
const (
	annotationPrefix = "userscale.dev/"
	prometheusPrefix = "prometheus.io/"

	scrapeAnnotation = "scrape" // "true" to opt in, "false" to opt out
	portAnnotation   = "port"   // a number or a container port's name; the first container port unless set
	pathAnnotation   = "path"   // /metrics unless set; may have a query
	schemeAnnotation = "scheme" // http unless set, or https
)

// wish is what a pod's annotations say of being scraped.
type wish int

const (
	undecided wish = iota
	willing
	unwilling
)

// annotated reads a pod's annotations of a prefix. A willing pod has a target, whose Problem names the annotation that cannot be
// followed.
func annotated(pod *corev1.Pod, prefix string) (sample.Target, wish) {
	scrape := pod.Annotations[prefix+scrapeAnnotation]
	if scrape == "" {
		return sample.Target{}, undecided
	}
	wanted, err := strconv.ParseBool(scrape)
	if err != nil {
		return sample.Target{Problem: fmt.Sprintf("%s: %q is neither true nor false", prefix+scrapeAnnotation, scrape)}, willing
	}
	if !wanted {
		return sample.Target{}, unwilling
	}
	target, err := targetOf(pod, prefix)
	if err != nil {
		return sample.Target{Problem: err.Error()}, willing
	}
	return target, willing
}

// targetOf reads how a pod is asked. The error names the annotation.
func targetOf(pod *corev1.Pod, prefix string) (sample.Target, error) {
	port, err := portOf(pod, pod.Annotations[prefix+portAnnotation])
	if err != nil {
		return sample.Target{}, fmt.Errorf("%s: %w", prefix+portAnnotation, err)
	}
	path, err := pathOf(pod.Annotations[prefix+pathAnnotation])
	if err != nil {
		return sample.Target{}, fmt.Errorf("%s: %w", prefix+pathAnnotation, err)
	}
	scheme, err := schemeOf(pod.Annotations[prefix+schemeAnnotation])
	if err != nil {
		return sample.Target{}, fmt.Errorf("%s: %w", prefix+schemeAnnotation, err)
	}
	return sample.Target{Scheme: scheme, Port: port, Path: path}, nil
}

// portOf returns the port of a number or of a container port's name; without either, the first container port.
func portOf(pod *corev1.Pod, text string) (int, error) {
	number, err := strconv.Atoi(text)
	if err == nil {
		if number < 1 || number > 65535 {
			return 0, fmt.Errorf("%d is not in 1 to 65535", number)
		}
		return number, nil
	}
	for _, c := range pod.Spec.Containers {
		for _, p := range c.Ports {
			if tcp := p.Protocol == "" || p.Protocol == corev1.ProtocolTCP; tcp && (text == "" || p.Name == text) {
				return int(p.ContainerPort), nil
			}
		}
	}
	if text == "" {
		return 0, fmt.Errorf("not set, and the pod's containers declare no TCP port")
	}
	return 0, fmt.Errorf("%q is neither a number nor the name of a TCP port of the pod's containers", text)
}

func pathOf(text string) (string, error) {
	if text == "" {
		return "/metrics", nil
	}
	if _, err := url.ParseRequestURI(text); err != nil || !strings.HasPrefix(text, "/") {
		return "", fmt.Errorf("%q is not a path that begins with /", text)
	}
	return text, nil
}

func schemeOf(text string) (string, error) {
	switch text {
	case "":
		return "http", nil
	case "http", "https":
		return text, nil
	default:
		return "", fmt.Errorf("%q is neither http nor https", text)
	}
}
