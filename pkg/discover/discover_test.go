package discover

import (
	"context"
	"errors"
	"fmt"
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
	"k8s.io/client-go/tools/cache"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/pkg/store"
)

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
	if o.Problem != "" {
		line += " " + o.Problem
	}
	l.lines <- line
}

func TestPodEvents(t *testing.T) {
	l := log{make(chan string, 9)}
	h := newPodHandler(l, cache.NewStore(cache.MetaNamespaceKeyFunc))
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
		d, err := New(client, s, l)
		if err != nil {
			t.Fatal(err)
		}
		d.SetRules(Rules{HalfLives: smoothing.Limits{Max: time.Hour}})
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
		changed.Annotations = map[string]string{fallHalfLifeAnnotation: "30s", "other": "x"}
		_, err = client.AutoscalingV2().HorizontalPodAutoscalers("ns").Update(ctx, changed, metav1.UpdateOptions{})
		must(err)
		expect("hpa b app=rollout {0s 30s}")
		changed.Annotations[fallHalfLifeAnnotation] = "soon" // not followed; the configuration's is in force again
		_, err = client.AutoscalingV2().HorizontalPodAutoscalers("ns").Update(ctx, changed, metav1.UpdateOptions{})
		must(err)
		expect(`hpa b app=rollout userscale.dev/fall-half-life: "soon" is not a duration of 0s or more, such as 10s`)
		if s.asked != 3 {
			t.Errorf("/scale was read %d times, want once per change of the HPA", s.asked)
		}

		changed.Annotations[fallHalfLifeAnnotation] = "30s"
		_, err = client.AutoscalingV2().HorizontalPodAutoscalers("ns").Update(ctx, changed, metav1.UpdateOptions{})
		must(err)
		expect("hpa b app=rollout {0s 30s}")
		d.SetRules(Rules{HalfLives: smoothing.Limits{Max: 20 * time.Second}})
		expect("hpa a app=two",
			`hpa b app=rollout userscale.dev/fall-half-life: "30s" is not in 0s to 20s, the smoothingLimits of the configuration`)

		must(client.AppsV1().Deployments("ns").Delete(ctx, "web", metav1.DeleteOptions{}))
		expect("no hpa a")
		must(client.AutoscalingV2().HorizontalPodAutoscalers("ns").Delete(ctx, "b", metav1.DeleteOptions{}))
		expect("no hpa b")
	})
}
