package discover

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/pkg/store"
)

func TestTargetOf(t *testing.T) {
	ports := []corev1.ContainerPort{{Name: "dns", ContainerPort: 53, Protocol: corev1.ProtocolUDP}, {Name: "http", ContainerPort: 8000}, {Name: "admin", ContainerPort: 9000}}
	for name, tc := range map[string]struct {
		annotations string // k=v, without the prefix
		ports       []corev1.ContainerPort
		want        *sample.Target
		wrong       string // the annotation that the error names
	}{
		"not opted in": {ports: ports},
		"opted out":    {annotations: "scrape=false", ports: ports},
		"defaults":     {annotations: "scrape=true", ports: ports, want: &sample.Target{Scheme: "http", Port: 8000, Path: "/metrics"}},
		"all set": {annotations: "scrape=true port=1234 path=/m?a=b scheme=https",
			want: &sample.Target{Scheme: "https", Port: 1234, Path: "/m?a=b"}},
		"named port":     {annotations: "scrape=true port=admin", ports: ports, want: &sample.Target{Scheme: "http", Port: 9000, Path: "/metrics"}},
		"no port":        {annotations: "scrape=true", wrong: "port"},
		"unknown port":   {annotations: "scrape=true port=web", ports: ports, wrong: "port"},
		"UDP port":       {annotations: "scrape=true port=dns", ports: ports, wrong: "port"},
		"port 0":         {annotations: "scrape=true port=0", wrong: "port"},
		"another host":   {annotations: "scrape=true path=http://evil/", ports: ports, wrong: "path"},
		"relative path":  {annotations: "scrape=true path=@evil/x", ports: ports, wrong: "path"},
		"unknown scheme": {annotations: "scrape=true scheme=file", ports: ports, wrong: "scheme"},
		"neither nor":    {annotations: "scrape=maybe", ports: ports, wrong: "scrape"},
	} {
		t.Run(name, func(t *testing.T) {
			pod := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Ports: tc.ports}}}}
			for pair := range strings.FieldsSeq(tc.annotations) {
				key, value, _ := strings.Cut(pair, "=")
				metav1.SetMetaDataAnnotation(&pod.ObjectMeta, annotationPrefix+key, value)
			}
			got, err := targetOf(stripPod(pod))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("target (-want +got):\n%s", diff)
			}
			if (err != nil) != (tc.wrong != "") || err != nil && !strings.HasPrefix(err.Error(), annotationPrefix+tc.wrong) {
				t.Errorf("error is %v, want one of %q", err, tc.wrong)
			}
		})
	}
}

// log is a registry that writes down what it is told.
type log struct{ lines chan string }

func (l log) SetPod(p sample.Pod) {
	l.lines <- fmt.Sprintf("pod %s running=%v deleting=%v ip=%s", p.UID, p.Running, p.Deleting, p.IP)
}
func (l log) DeletePod(uid types.UID) { l.lines <- "no pod " + string(uid) }
func (l log) DeleteHPA(h store.HPA)   { l.lines <- "no hpa " + h.Name }
func (l log) SetHPA(h store.HPA, s labels.Selector, o smoothing.Override) {
	line := "hpa " + h.Name + " " + s.String()
	if !o.Empty() {
		line += fmt.Sprint(" ", o.Apply(smoothing.HalfLives{}))
	}
	l.lines <- line
}

func TestPodEvents(t *testing.T) {
	l := log{make(chan string, 9)}
	h := &podHandler{registry: l}
	pod := func(uid string, phase corev1.PodPhase) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{UID: types.UID(uid), Name: "p"}, Status: corev1.PodStatus{Phase: phase, PodIP: "10.0.0.1"}}
	}
	h.OnAdd(pod("1", corev1.PodPending), true)
	h.OnUpdate(pod("1", corev1.PodPending), pod("1", corev1.PodRunning))
	h.OnUpdate(pod("1", corev1.PodRunning), pod("2", corev1.PodRunning)) // deleted and made again
	h.OnDelete(pod("2", corev1.PodRunning))
	close(l.lines)
	var got []string
	for line := range l.lines {
		got = append(got, line)
	}
	want := []string{"pod 1 running=false deleting=false ip=10.0.0.1", "pod 1 running=true deleting=false ip=10.0.0.1",
		"no pod 1", "pod 2 running=true deleting=false ip=10.0.0.1", "no pod 2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// scales knows the selector of one kind, and counts.
type scales struct{ asked int }

func (s *scales) Selector(_ context.Context, _ string, kind schema.GroupVersionKind, _ string) (labels.Selector, error) {
	s.asked++
	if kind.Kind != "Rollout" {
		return nil, errors.New("no such kind")
	}
	return labels.Set{"app": "rollout"}.AsSelector(), nil
}

func hpa(name, apiVersion, kind, target string) *autoscalingv2.HorizontalPodAutoscaler {
	return &autoscalingv2.HorizontalPodAutoscaler{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: name},
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: apiVersion, Kind: kind, Name: target}},
	}
}

func deployment(app string) *appsv1.Deployment {
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "web"},
		Spec:       appsv1.DeploymentSpec{Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": app}}},
	}
}

func TestHPAEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		client := fake.NewClientset(hpa("a", "apps/v1", "Deployment", "web"), hpa("b", "argoproj.io/v1", "Rollout", "r"), deployment("one"))
		l, s := log{make(chan string, 99)}, &scales{}
		d, err := New(client, s, l, Rules{})
		if err != nil {
			t.Fatal(err)
		}
		go d.Run(ctx)
		<-d.Synced()
		expect := func(want ...string) {
			t.Helper()
			time.Sleep(time.Second) // synthetic: lets every event arrive
			synctest.Wait()
			got := map[string]bool{}
			for len(l.lines) > 0 {
				got[<-l.lines] = true
			}
			for _, w := range want {
				if !got[w] {
					t.Errorf("not told %q, but %v", w, got)
				}
			}
			if len(got) != len(want) {
				t.Errorf("told %v, want %v", got, want)
			}
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		expect("hpa a app=one", "hpa b app=rollout")

		_, err = client.AppsV1().Deployments("ns").Update(ctx, deployment("two"), metav1.UpdateOptions{})
		must(err)
		expect("hpa a app=two")

		changed := hpa("b", "argoproj.io/v1", "Rollout", "r") // status alone
		changed.Status.DesiredReplicas = 3
		_, err = client.AutoscalingV2().HorizontalPodAutoscalers("ns").Update(ctx, changed, metav1.UpdateOptions{})
		must(err)
		expect()
		changed.Annotations = map[string]string{AnnotationFallHalfLife: "30s", "other": "x"}
		_, err = client.AutoscalingV2().HorizontalPodAutoscalers("ns").Update(ctx, changed, metav1.UpdateOptions{})
		must(err)
		expect("hpa b app=rollout {0s 30s}")
		changed.Annotations[AnnotationFallHalfLife] = "soon" // not followed; the configuration's is in force again
		_, err = client.AutoscalingV2().HorizontalPodAutoscalers("ns").Update(ctx, changed, metav1.UpdateOptions{})
		must(err)
		expect("hpa b app=rollout")
		if s.asked != 3 {
			t.Errorf("/scale was read %d times, want once per change of the HPA", s.asked)
		}

		must(client.AppsV1().Deployments("ns").Delete(ctx, "web", metav1.DeleteOptions{}))
		expect("no hpa a")
		must(client.AutoscalingV2().HorizontalPodAutoscalers("ns").Delete(ctx, "b", metav1.DeleteOptions{}))
		expect("no hpa b")
	})
}

// TestTargetsOfEachMetric: a pod that opted in is asked for every metric of pods, and the memory for saying so is shared.
func TestTargetsOfEachMetric(t *testing.T) {
	h := &podHandler{rules: Rules{Pods: []Rule{{Metric: "users", Annotations: true}, {Metric: "gpu"}, {Metric: "load", Annotations: true}}}}
	pod := func(port string) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{annotationScrape: "true", annotationPort: port}}}
	}
	var all [][]sample.Target
	for _, port := range []string{"80", "80", "none"} {
		targets, _ := h.rules.targets(pod(port))
		all = append(all, h.share(targets))
	}
	problem := annotationPort + `: "none" is neither a number nor the name of a TCP port of the pod's containers`
	want := [][]sample.Target{
		{{Metric: "users", Scheme: "http", Port: 80, Path: "/metrics"}, {Metric: "load", Scheme: "http", Port: 80, Path: "/metrics"}},
		all[0],
		{{Metric: "users", Problem: problem}, {Metric: "load", Problem: problem}},
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if &all[0][0] != &all[1][0] {
		t.Error("two pods that are asked in the same way have targets of their own")
	}
}
