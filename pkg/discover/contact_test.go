package discover

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
	"pgregory.net/rapid"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/fetch"
	"userscale.dev/userscale/pkg/scrape/pods"
)

// TestContactsOnlyThePodItself: whatever a pod's annotations say, through the rules and the source that asks, no address is dialled but
// the pod's own IP, and what is sent there is one request for that address.
func TestContactsOnlyThePodItself(t *testing.T) {
	proxied(t)
	rapid.Check(t, func(t *rapid.T) { checkContact(t) })
}

// FuzzContact is the same, guided by what the code does with the annotations.
func FuzzContact(f *testing.F) {
	proxied(f)
	f.Fuzz(rapid.MakeFuzz(checkContact))
}

// proxied sets the variables that other clients would follow.
func proxied(t testing.TB) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
		t.Setenv(name, "http://127.0.0.1:9")
	}
}

func checkContact(t *rapid.T) {
	pod := &corev1.Pod{}
	pod.Namespace, pod.Name, pod.UID = "shop", "web-0", "uid"
	pod.Annotations = map[string]string{
		annotationPrefix + scrapeAnnotation: "true",
		prometheusPrefix + scrapeAnnotation: "true",
	}
	for _, prefix := range []string{annotationPrefix, prometheusPrefix} {
		pod.Annotations[prefix+portAnnotation] = mostly(rapid.SampledFrom([]string{"", "8080", "web"})).Draw(t, prefix+"port")
		pod.Annotations[prefix+pathAnnotation] = mostly(rapid.Map(pieces(), func(s string) string { return "/" + s })).Draw(t, prefix+"path")
		pod.Annotations[prefix+schemeAnnotation] = mostly(rapid.SampledFrom([]string{"", "http", "https"})).Draw(t, prefix+"scheme")
	}
	if rapid.Bool().Draw(t, "prometheus") {
		delete(pod.Annotations, annotationPrefix+scrapeAnnotation)
	}
	port := rapid.Int32Range(1, 65535).Draw(t, "container port")
	pod.Spec.Containers = []corev1.Container{{Ports: []corev1.ContainerPort{{Name: "web", ContainerPort: port}}}}
	pod.Status.Phase = corev1.PodRunning
	pod.Status.PodIP = rapid.SampledFrom([]string{"10.1.2.3", "fd00::7", "::ffff:10.1.2.3"}).Draw(t, "IP")

	rules := Rules{Pods: []Rule{{Metric: "m", Annotations: true, Prometheus: true}}}
	kept := newAnnotations().stripPod(pod)
	asked := toSample(kept, rules.targets(kept))
	target := asked.Target("m")
	if target == nil || target.Problem != "" {
		return // it is not asked
	}
	listener := &wiretap{}
	transport := fetch.NewTransport(nil)
	transport.DialContext = listener.dial
	defer transport.CloseIdleConnections()
	source, err := pods.New(pods.Config{
		Metric: "m", Field: "u", Series: "u", Interval: time.Second, Timeout: time.Second, Transport: transport,
	}, one{asked})
	if err != nil {
		t.Fatal(err)
	}
	source.Collect(klog.NewContext(context.Background(), klog.Logger{}))
	listener.check(t, pod.Status.PodIP, target)
}

// mostly makes texts of a kind that is followed, and now and then any other.
func mostly(followed *rapid.Generator[string]) *rapid.Generator[string] {
	others := rapid.SampledFrom([]string{"http://evil.example/", "//evil.example/", "https://a:b@evil.example:443/x?y", "@evil.example/", "http:/x"})
	return rapid.OneOf(followed, followed, followed, followed, others, pieces(), rapid.String())
}

// pieces makes texts that mean somebody else, wherever they come to stand.
func pieces() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{
		"", "8080", "web", "/", "/metrics", "http", "https", "://", "//", "@", ":", "?", "#", "%", "%2f", "%00", "%0d%0a", "\r\n", "\\", "..",
		" ", "\t", "\x00", "evil.example", "127.0.0.1", "[::1]", "169.254.169.254", "user:password@", "Host: evil.example", "a=b", "é", "\xff",
		"HTTP/1.1", "file", "unix", "0", "-1", "65536", "+80", "0x50",
	})
	return rapid.Map(rapid.SliceOfN(piece, 0, 6), func(of []string) string { return strings.Join(of, "") })
}

type one struct{ pod sample.Pod }

func (o one) Targets(_ string, buf []sample.Pod) []sample.Pod { return append(buf, o.pod) }

// wiretap takes down which addresses are dialled, and answers each request with the wish to go elsewhere.
type wiretap struct {
	mu       sync.Mutex
	dialled  []string
	requests []string // their first line and host, or what is wrong with them
}

func (w *wiretap) dial(_ context.Context, network, address string) (net.Conn, error) {
	w.mu.Lock()
	w.dialled = append(w.dialled, network+" "+address)
	w.mu.Unlock()
	here, there := net.Pipe()
	go w.answer(there)
	return here, nil
}

func (w *wiretap) answer(c net.Conn) {
	defer c.Close()
	from := bufio.NewReader(c)
	if first, err := from.Peek(1); err != nil || first[0] == 22 { // a TLS handshake, to which this is none
		io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
		return
	}
	request, err := http.ReadRequest(from)
	w.mu.Lock()
	if err != nil {
		w.requests = append(w.requests, err.Error())
	} else {
		w.requests = append(w.requests, fmt.Sprintf("%s %s, %d bytes more", request.Method, request.Host, from.Buffered()))
	}
	w.mu.Unlock()
	io.WriteString(c, "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n")
}

func (w *wiretap) check(t *rapid.T, ip string, target *sample.Target) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if target.Port < 1 || target.Port > 65535 {
		t.Fatalf("target is %+v", target)
	}
	own := net.JoinHostPort(ip, strconv.Itoa(target.Port))
	for _, address := range w.dialled {
		if address != "tcp "+own {
			t.Fatalf("%+v of a pod at %s: dialled %s", target, ip, address)
		}
	}
	for _, request := range w.requests {
		if request != "GET "+own+", 0 bytes more" {
			t.Fatalf("%+v of a pod at %s: sent %s", target, ip, request)
		}
	}
	if len(w.dialled) > 1 || len(w.requests) > len(w.dialled) {
		t.Fatalf("%+v: dialled %d times for %d requests", target, len(w.dialled), len(w.requests))
	}
}
