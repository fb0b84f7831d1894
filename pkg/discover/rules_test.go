package discover

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"

	"userscale.dev/userscale/pkg/sample"
)

const (
	ownScrape = annotationPrefix + scrapeAnnotation
	ownPort   = annotationPrefix + portAnnotation
	ownPath   = annotationPrefix + pathAnnotation
	ownScheme = annotationPrefix + schemeAnnotation
)

// ports are what the containers of the tests' pods declare.
func ports() []corev1.ContainerPort {
	return []corev1.ContainerPort{
		{Name: "dns", ContainerPort: 53, Protocol: corev1.ProtocolUDP}, {Name: "http", ContainerPort: 8000}, {Name: "admin", ContainerPort: 9000},
	}
}

// annotatedPod returns what the cache keeps of a pod with these annotations, as KEY=VALUE.
func annotatedPod(text string, ports []corev1.ContainerPort) *corev1.Pod {
	pod := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Ports: ports}}}}
	pod.Namespace, pod.Name, pod.Labels = "shop", "web-0", map[string]string{"app": "web"}
	for pair := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(pair, "=")
		metav1.SetMetaDataAnnotation(&pod.ObjectMeta, key, value)
	}
	return newAnnotations().stripPod(pod)
}

func TestAnnotations(t *testing.T) {
	for name, tc := range map[string]struct {
		annotations string // without the prefix
		ports       []corev1.ContainerPort
		want        []sample.Target
		wrong       string // the annotation that the problem names, and part of it
	}{
		"not opted in": {ports: ports()},
		"opted out":    {annotations: "scrape=false", ports: ports()},
		"nothing said": {annotations: "scrape= port=80", ports: ports()},
		"defaults":     {annotations: "scrape=true", ports: ports(), want: []sample.Target{{Scheme: "http", Port: 8000, Path: "/metrics"}}},
		"empty": {annotations: "scrape=true port= path= scheme=", ports: ports(),
			want: []sample.Target{{Scheme: "http", Port: 8000, Path: "/metrics"}}},
		"all set": {annotations: "scrape=true port=1234 path=/m?a=b scheme=https",
			want: []sample.Target{{Scheme: "https", Port: 1234, Path: "/m?a=b"}}},
		"named port": {annotations: "scrape=true port=admin", ports: ports(), want: []sample.Target{{Scheme: "http", Port: 9000, Path: "/metrics"}}},
		"no port":    {annotations: "scrape=true", wrong: "port: not set"},
		"unknown port": {annotations: "scrape=true port=web", ports: ports(),
			wrong: `port: "web" is neither a number nor the name of a TCP port`},
		"UDP port":       {annotations: "scrape=true port=dns", ports: ports(), wrong: `port: "dns"`},
		"port 0":         {annotations: "scrape=true port=0", wrong: "port: 0 is not in 1 to 65535"},
		"another host":   {annotations: "scrape=true port=1 path=http://evil/", wrong: `path: "http://evil/" is not a path`},
		"relative path":  {annotations: "scrape=true port=1 path=@evil/x", wrong: "path"},
		"unknown scheme": {annotations: "scrape=true port=1 scheme=file", wrong: `scheme: "file" is neither http nor https`},
		"neither nor":    {annotations: "scrape=maybe", ports: ports(), wrong: `scrape: "maybe" is neither true nor false`},
	} {
		for prefix, rule := range map[string]Rule{annotationPrefix: {Annotations: true}, prometheusPrefix: {Prometheus: true}} {
			t.Run(name+" "+prefix, func(t *testing.T) {
				text := ""
				for pair := range strings.FieldsSeq(tc.annotations) {
					text += prefix + pair + " "
				}
				rules := Rules{Pods: []Rule{rule}}
				got := rules.targets(annotatedPod(text, tc.ports))
				if tc.wrong != "" {
					if len(got) != 1 || !strings.HasPrefix(got[0].Problem, prefix+tc.wrong) {
						t.Errorf("got %+v, want the problem %q", got, tc.wrong)
					}
					return
				}
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("targets (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func parse(t *testing.T, text string) labels.Selector {
	t.Helper()
	s, err := labels.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRules has the ways in which a pod can come to be asked, for three metrics: one of pods, one that also goes by the annotations for
// Prometheus, and one of exporters, which no annotation concerns.
func TestRules(t *testing.T) {
	web := func(port string) Selector {
		return Selector{Labels: parse(t, "app=web"), Port: port, Path: "/m", Scheme: "https"}
	}
	elsewhere := Selector{Namespaces: []string{"office", "home"}, Labels: labels.Everything(), Port: "1", Path: "/", Scheme: "http"}
	other := Selector{Namespaces: []string{"shop"}, Labels: parse(t, "app=other"), Port: "2", Path: "/", Scheme: "http"}
	here := Selector{Namespaces: []string{"office", "shop"}, Labels: labels.Everything(), Port: "3", Path: "/", Scheme: "http"}
	all := func(s ...Selector) Rules {
		return Rules{Pods: []Rule{
			{Metric: "users", Annotations: true, Selectors: s}, {Metric: "load", Annotations: true, Selectors: s, Prometheus: true}, {Metric: "gpu", Selectors: s},
		}}
	}
	at := func(metric, scheme string, port int, path string) sample.Target {
		return sample.Target{Metric: metric, Scheme: scheme, Port: port, Path: path}
	}
	const missing = `targets[1].port of the configuration: "none" is neither a number nor the name of a TCP port of the pod's containers`
	const prometheus = "prometheus.io/scrape=true prometheus.io/port=http "
	for name, tc := range map[string]struct {
		annotations string
		rules       Rules
		want        []sample.Target
	}{
		"nobody":        {rules: all(elsewhere, other)},
		"its own first": {"userscale.dev/scrape=true " + prometheus, all(here), []sample.Target{at("users", "http", 8000, "/metrics"), at("load", "http", 8000, "/metrics"), at("gpu", "http", 3, "/")}},
		"its own bad": {"userscale.dev/scrape=yes " + prometheus, all(here), []sample.Target{
			{Metric: "users", Problem: `userscale.dev/scrape: "yes" is neither true nor false`},
			{Metric: "load", Problem: `userscale.dev/scrape: "yes" is neither true nor false`}, at("gpu", "http", 3, "/")}},
		"opted out": {"userscale.dev/scrape=false " + prometheus, all(here), nil},
		"the first selector": {"", all(elsewhere, other, web("admin"), here),
			[]sample.Target{at("users", "https", 9000, "/m"), at("load", "https", 9000, "/m"), at("gpu", "https", 9000, "/m")}},
		"the first port": {"", all(web("")), []sample.Target{at("users", "https", 8000, "/m"), at("load", "https", 8000, "/m"), at("gpu", "https", 8000, "/m")}},
		"no such port":   {"", all(other, web("none"), here), []sample.Target{{Metric: "users", Problem: missing}, {Metric: "load", Problem: missing}, {Metric: "gpu", Problem: missing}}},
		"selector before Prometheus": {prometheus, all(web("1")),
			[]sample.Target{at("users", "https", 1, "/m"), at("load", "https", 1, "/m"), at("gpu", "https", 1, "/m")}},
		"Prometheus last":        {prometheus, all(elsewhere), []sample.Target{at("load", "http", 8000, "/metrics")}},
		"not for Prometheus":     {"prometheus.io/scrape=false", all(elsewhere), nil},
		"Prometheus's opt-out":   {"prometheus.io/scrape=false", all(here), []sample.Target{at("users", "http", 3, "/"), at("load", "http", 3, "/"), at("gpu", "http", 3, "/")}},
		"no rule":                {"userscale.dev/scrape=true", Rules{}, nil},
		"port without a scrape":  {"userscale.dev/port=1 prometheus.io/port=1", all(elsewhere), nil},
		"Prometheus's path, too": {prometheus + "prometheus.io/path=/p prometheus.io/scheme=https", all(), []sample.Target{at("load", "https", 8000, "/p")}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.rules.targets(annotatedPod(tc.annotations, ports()))); diff != "" {
				t.Errorf("targets (-want +got):\n%s", diff)
			}
		})
	}
}

// last is a registry that knows what it was told last.
type last struct {
	log
	pods map[types.UID]sample.Pod
}

func (l last) SetPod(p sample.Pod)     { l.pods[p.UID] = p }
func (l last) DeletePod(uid types.UID) { delete(l.pods, uid) }

// TestNewRules: rules that change apply to the pods that there are, and to those that come.
func TestNewRules(t *testing.T) {
	l, known := last{pods: map[types.UID]sample.Pod{}}, cache.NewStore(cache.MetaNamespaceKeyFunc)
	h := newPodHandler(l, known)
	h.setRules(Rules{Pods: []Rule{{Metric: "users", Annotations: true}}})
	for _, name := range []string{"a", "b"} {
		pod := annotatedPod("prometheus.io/scrape=true", ports())
		pod.Name, pod.UID = name, types.UID(name)
		if err := known.Add(pod); err != nil {
			t.Fatal(err)
		}
		h.OnAdd(pod, false)
	}
	a := func() *sample.Target { p := l.pods["a"]; return p.Target("users") }
	if a() != nil {
		t.Errorf("asked at %+v, want not at all", a())
	}
	h.setRules(Rules{Pods: []Rule{{Metric: "users", Prometheus: true}, {Metric: "load"}}})
	if a() == nil || a().Port != 8000 {
		t.Errorf("asked at %+v, want as the annotations for Prometheus say", a())
	}
	if first, second := l.pods["a"], l.pods["b"]; &first.Targets[0] != &second.Targets[0] {
		t.Error("two pods that are asked in the same way have targets of their own")
	}
	h.setRules(Rules{})
	if a() != nil || len(l.pods) != 2 {
		t.Errorf("asked at %+v, want not at all", a())
	}
}

// TestSharedAnnotations: pods with the same annotations have one map of them, also after more have passed than are remembered.
func TestSharedAnnotations(t *testing.T) {
	a := newAnnotations()
	all := func() map[string]string {
		return map[string]string{ownScrape: "true", prometheusPrefix + scrapeAnnotation: "true", "other": "long", ownPort: ""}
	}
	want := map[string]string{ownScrape: "true", prometheusPrefix + scrapeAnnotation: "true"}
	first, second := a.of(all()), a.of(all())
	if diff := cmp.Diff(want, first); diff != "" {
		t.Error(diff)
	}
	first["mark"] = "shared"
	if second["mark"] == "" {
		t.Error("two pods have maps of their own")
	}
	for i := range 3 * distinct {
		a.of(map[string]string{ownPath: strings.Repeat("/", i+1)})
	}
	if len(a.known) > distinct {
		t.Errorf("%d are remembered", len(a.known))
	}
	if diff := cmp.Diff(want, a.of(all())); diff != "" {
		t.Error(diff)
	}
	if got := a.of(map[string]string{"other": "x"}); got != nil {
		t.Errorf("kept %v of annotations that nobody reads", got)
	}
}
