package discover

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"userscale.dev/userscale/pkg/sample"
)

// FuzzTargets: a pod's annotations give targets that can be asked, none, or a problem that names the annotation.
func FuzzTargets(f *testing.F) {
	const all = ownScrape + "\x00" + ownPort + "\x00" + ownPath + "\x00" + ownScheme
	f.Add(all, "true\x008000\x00/m?a=b\x00https", "http", "TCP", uint16(8000))
	f.Add(all, "1\x00admin\x00/\x00http", "admin", "", uint16(9000))
	f.Add(all, "true\x00dns\x00//evil/x\x00file", "dns", "UDP", uint16(53))
	f.Add(all, "true\x00+1\x00http://evil/\x00http", "", "", uint16(1))
	f.Add(ownScrape+"\x00"+ownPort, "true\x000", "http", "", uint16(80))
	f.Add(ownScrape+"\x00"+ownPort, "true\x0065536", "http", "", uint16(80))
	f.Add(ownScrape, "false", "http", "", uint16(1))
	f.Add("prometheus.io/scrape\x00prometheus.io/port\x00"+ownScrape, "true\x00http\x00", "http", "", uint16(80))
	f.Add(ownScrape+"\x00other", "t\x00true", "http", "", uint16(65534))
	f.Fuzz(func(t *testing.T, keys, values, portName, protocol string, port uint16) {
		pod := &corev1.Pod{}
		pod.Annotations = map[string]string{}
		value := strings.Split(values, "\x00")
		for i, key := range strings.Split(keys, "\x00") {
			pod.Annotations[key] = value[i%len(value)]
		}
		// The API server lets no container declare a port outside 1 to 65535.
		ports := []corev1.ContainerPort{{Name: portName, Protocol: corev1.Protocol(protocol), ContainerPort: int32(max(port, 1))}}
		pod.Spec.Containers = []corev1.Container{{Name: "app", Ports: ports}}

		rules := Rules{Pods: []Rule{{Metric: "users", Annotations: true, Prometheus: true}, {Metric: "load", Prometheus: true}}}
		targets := rules.targets(pod)
		checkTargets(t, targets, pod.Annotations)
		if diff := cmp.Diff(targets, rules.targets(newAnnotations().stripPod(pod))); diff != "" {
			t.Errorf("what the cache keeps of the pod says otherwise (-pod +kept):\n%s", diff)
		}
	})
}

func checkTargets(t *testing.T, targets []sample.Target, annotations map[string]string) {
	t.Helper()
	for _, target := range targets {
		if target.Problem != "" {
			name, _, _ := strings.Cut(target.Problem, ": ")
			if _, set := annotations[name]; !set && !strings.HasSuffix(name, "/"+portAnnotation) || target.Port != 0 || target.Path+target.Scheme != "" {
				t.Errorf("got %+v, want a problem with an annotation and nothing else", target)
			}
			continue
		}
		if annotations[ownScrape]+annotations[prometheusPrefix+scrapeAnnotation] == "" {
			t.Errorf("%v: the pod did not opt in, and is to be asked", annotations)
		}
		if target.Scheme != "http" && target.Scheme != "https" || target.Port < 1 || target.Port > 65535 {
			t.Errorf("target is %+v", target)
		}
		if _, err := url.ParseRequestURI(target.Path); err != nil || !strings.HasPrefix(target.Path, "/") {
			t.Errorf("path is %q: %v", target.Path, err)
		}
	}
	if annotations[ownScrape] == "true" && len(targets) == 0 {
		t.Errorf("%v: asked at %+v", annotations, targets)
	}
}
