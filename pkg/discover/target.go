package discover

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"userscale.dev/userscale/pkg/sample"
)

// The annotations by which a pod opts in to being scraped and says how.
const (
	annotationPrefix = "userscale.dev/"
	annotationScrape = annotationPrefix + "scrape" // "true" to opt in
	annotationPort   = annotationPrefix + "port"   // a number or a container port's name; the first container port unless set
	annotationPath   = annotationPrefix + "path"   // /metrics unless set; may have a query
	annotationScheme = annotationPrefix + "scheme" // http unless set, or https
)

// targetOf reads a pod's annotations: nil without an error if it did not opt in, nil with one if it did but not in a way
// that can be followed.
func targetOf(pod *corev1.Pod) (*sample.Target, error) {
	scrape, set := pod.Annotations[annotationScrape]
	if !set {
		return nil, nil
	}
	wanted, err := strconv.ParseBool(scrape)
	if err != nil {
		return nil, fmt.Errorf("%s: %q is neither true nor false", annotationScrape, scrape)
	}
	if !wanted {
		return nil, nil
	}
	t := &sample.Target{}
	if t.Port, err = portOf(pod); err != nil {
		return nil, err
	}
	if t.Path, err = pathOf(pod); err != nil {
		return nil, err
	}
	if t.Scheme, err = schemeOf(pod); err != nil {
		return nil, err
	}
	return t, nil
}

func portOf(pod *corev1.Pod) (int, error) {
	text, set := pod.Annotations[annotationPort]
	number, notNumber := strconv.Atoi(text)
	if set && notNumber == nil {
		if number < 1 || number > 65535 {
			return 0, fmt.Errorf("%s: %d is not in 1 to 65535", annotationPort, number)
		}
		return number, nil
	}
	for _, c := range pod.Spec.Containers {
		for _, p := range c.Ports {
			if tcp := p.Protocol == "" || p.Protocol == corev1.ProtocolTCP; tcp && (!set || p.Name == text) {
				return int(p.ContainerPort), nil
			}
		}
	}
	if set {
		return 0, fmt.Errorf("%s: %q is neither a number nor the name of a TCP port of the pod's containers", annotationPort, text)
	}
	return 0, fmt.Errorf("%s: not set, and the pod's containers declare no TCP port", annotationPort)
}

func pathOf(pod *corev1.Pod) (string, error) {
	path, set := pod.Annotations[annotationPath]
	if !set {
		return "/metrics", nil
	}
	if _, err := url.ParseRequestURI(path); err != nil || !strings.HasPrefix(path, "/") {
		return "", fmt.Errorf("%s: %q is not a path that begins with /", annotationPath, path)
	}
	return path, nil
}

func schemeOf(pod *corev1.Pod) (string, error) {
	scheme, set := pod.Annotations[annotationScheme]
	if !set {
		return "http", nil
	}
	if scheme != "http" && scheme != "https" {
		return "", fmt.Errorf("%s: %q is neither http nor https", annotationScheme, scheme)
	}
	return scheme, nil
}
