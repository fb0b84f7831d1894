package discover

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"userscale.dev/userscale/pkg/sample"
)

// FuzzTargetOf: a pod's annotations give a target that can be asked, none, or an error that names the annotation.
func FuzzTargetOf(f *testing.F) {
	const all = annotationScrape + "\x00" + annotationPort + "\x00" + annotationPath + "\x00" + annotationScheme
	f.Add(all, "true\x008000\x00/m?a=b\x00https", "http", "TCP", uint16(8000))
	f.Add(all, "1\x00admin\x00/\x00http", "admin", "", uint16(9000))
	f.Add(all, "true\x00dns\x00//evil/x\x00file", "dns", "UDP", uint16(53))
	f.Add(all, "true\x00+1\x00http://evil/\x00http", "", "", uint16(1))
	f.Add(annotationScrape+"\x00"+annotationPort, "true\x000", "http", "", uint16(80))
	f.Add(annotationScrape+"\x00"+annotationPort, "true\x0065536", "http", "", uint16(80))
	f.Add(annotationScrape, "false", "http", "", uint16(1))
	f.Add(annotationScrape+"\x00other", "t\x00true", "http", "", uint16(65534))
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

		target, err := targetOf(pod)
		checkTarget(t, target, err, pod.Annotations)
		stripped, errStripped := targetOf(stripPod(pod))
		if diff := cmp.Diff(target, stripped); diff != "" || (err == nil) != (errStripped == nil) {
			t.Errorf("what the cache keeps of the pod says otherwise (-pod +kept):\n%s%v, %v", diff, err, errStripped)
		}
	})
}

func checkTarget(t *testing.T, target *sample.Target, err error, annotations map[string]string) {
	t.Helper()
	if err != nil {
		if target != nil || !strings.HasPrefix(err.Error(), annotationPrefix) {
			t.Errorf("got the target %+v with the error: %v", target, err)
		}
		return
	}
	if target == nil {
		if scrape, set := annotations[annotationScrape]; set && scrape == "true" {
			t.Errorf("%v: the pod opted in, and has neither a target nor an error", annotations)
		}
		return
	}
	if _, set := annotations[annotationScrape]; !set {
		t.Errorf("%v: the pod did not opt in, and is to be asked", annotations)
	}
	if target.Scheme != "http" && target.Scheme != "https" || target.Port < 1 || target.Port > 65535 {
		t.Errorf("target is %+v", target)
	}
	if _, err := url.ParseRequestURI(target.Path); err != nil || !strings.HasPrefix(target.Path, "/") {
		t.Errorf("path is %q: %v", target.Path, err)
	}
}
