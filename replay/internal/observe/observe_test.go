package observe

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/metrics/pkg/apis/metrics/v1beta1"

	"userscale.dev/userscale/pkg/explain"
	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/replay/internal/recording"
)

// watch records while a scene is played, and then until the end.
func watch(t *testing.T, s *stage, scene func()) (*recording.Recording, error) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	var r *recording.Recording
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		r, err = Run(ctx, s.cluster(), Config{Namespace: "shop", HPA: target, Settings: shipped(t), Hold: 5 * time.Second}, func(Progress) {})
	}()
	time.Sleep(time.Second) // caches are synchronised by then
	scene()
	time.Sleep(time.Second)
	end()
	<-done
	return r, err
}

// tell is an event in one line.
func tell(e recording.Event) string {
	text := fmt.Sprintf("%.3f ", e.T)
	switch {
	case e.Pod != nil:
		text += fmt.Sprintf("pod %s %s", e.Pod.Name, e.Pod.Status.Phase)
	case e.Gone != "":
		text += "gone " + e.Gone
	case e.Collection != nil:
		text += e.Collection.Metric
		for _, v := range e.Collection.Values {
			text += fmt.Sprintf(" %s=%g@%.3f", v.Pod, v.Value, v.At)
		}
		for _, pod := range slices.Sorted(maps.Keys(e.Collection.Failures)) {
			text += fmt.Sprintf(" %s:%s", pod, e.Collection.Failures[pod])
		}
	case e.Usage != nil:
		text += "usage"
		for _, p := range e.Usage.Pods {
			text += fmt.Sprintf(" %s %s %g %v", p.Pod, p.At.Format(time.TimeOnly), p.Window, p.Containers)
		}
	case e.Pass != nil:
		text += fmt.Sprintf("pass %d", e.Pass.Status.DesiredReplicas)
	case e.Rescale != nil:
		text += fmt.Sprintf("rescale %d→%d %s", e.Rescale.From, e.Rescale.To, e.Rescale.Reason)
	}
	return text
}

// A whole run: what there was at the beginning, and everything that happened, when it happened, by the adapter's clock.
func TestRun(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"clocks agree": 0, "the adapter's is ahead": 90 * time.Second, "and behind": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage("a", "b")
				s.ahead = ahead
				s.value("a", 8)
				s.value("b", 4)
				first := time.Now()
				s.usage = []v1beta1.PodMetrics{used("b", first, "30m"), used("a", first, "120m")}
				r, err := watch(t, s, func() { scene(t, s) })
				if err != nil || r == nil {
					t.Fatal(r, err)
				}
				began := r.Began.Sub(first.Add(ahead))
				if r.Began.Nanosecond()%1e6 != 0 || began < 0 || began > time.Second || r.Replicas != 1 || r.HPA.ManagedFields != nil || r.HPA.Status.DesiredReplicas != 1 {
					t.Errorf("the header is %+v, began %v late", r.Header, began)
				}
				if diff := cmp.Diff([]recording.Total{{Metric: users, Smoothed: 12.5}}, r.Totals); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				var got []string
				for _, e := range r.Events {
					e.T = rounded(e.T, began)
					if e.Collection != nil {
						for i := range e.Collection.Values {
							e.Collection.Values[i].At = rounded(e.Collection.Values[i].At, began)
						}
					}
					got = append(got, tell(e))
				}
				if diff := cmp.Diff(played(began), got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}

// rounded is an event's time since the scene's beginning rather than the recording's.
func rounded(t float64, began time.Duration) float64 {
	if t == 0 {
		return 0
	}
	return seconds(time.Duration(t*float64(time.Second)) + began)
}

func used(pod string, at time.Time, cpu string) v1beta1.PodMetrics {
	return v1beta1.PodMetrics{
		ObjectMeta: metav1.ObjectMeta{Name: pod, Labels: map[string]string{"app": target}}, Timestamp: metav1.NewTime(at), Window: metav1.Duration{Duration: 15 * time.Second},
		Containers: []v1beta1.ContainerMetrics{{Name: "c", Usage: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu)}}},
	}
}

// scene begins at 1 s.
func scene(t *testing.T, s *stage) {
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	pods, hpas := s.kube.CoreV1().Pods("shop"), s.kube.AutoscalingV2().HorizontalPodAutoscalers("shop")
	time.Sleep(time.Millisecond) // 1.001: between two looks
	s.value("a", 9)
	s.value("b", 5)
	time.Sleep(19 * time.Millisecond) // 1.020: the HPA scales out, before anybody looks at what it saw
	_, err := s.kube.CoreV1().Events("shop").Create(ctx, &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Name: "e"}, Reason: "SuccessfulRescale", Message: combined + "New size: 3; reason: too many users",
	}, metav1.CreateOptions{})
	must(err)
	h := theHPA()
	now := metav1.Now()
	h.Status = autoscalingv2.HorizontalPodAutoscalerStatus{CurrentReplicas: 1, DesiredReplicas: 3, LastScaleTime: &now}
	_, err = hpas.UpdateStatus(ctx, h, metav1.UpdateOptions{})
	must(err)
	time.Sleep(130 * time.Millisecond) // 1.150
	c := thePod("c")
	c.Status.Phase = corev1.PodPending
	_, err = pods.Create(ctx, c, metav1.CreateOptions{})
	must(err)
	time.Sleep(50 * time.Millisecond) // 1.200: what nobody asks for changes, and what somebody does
	c.Status.Message = "still of no interest"
	_, err = pods.UpdateStatus(ctx, c.DeepCopy(), metav1.UpdateOptions{})
	must(err)
	c.Status.Phase = corev1.PodRunning
	_, err = pods.UpdateStatus(ctx, c, metav1.UpdateOptions{})
	must(err)
	time.Sleep(801 * time.Millisecond) // 2.001
	s.value("a", 7)
	s.failure("b", sample.ReasonTimeout)
	s.value("c", 0)
	time.Sleep(99 * time.Millisecond) // 2.100: a pass that decides nothing
	h.Status.CurrentReplicas = 3
	_, err = hpas.UpdateStatus(ctx, h, metav1.UpdateOptions{})
	must(err)
	s.say(func() { s.usage = []v1beta1.PodMetrics{used("a", time.Now(), "80m")} })
	time.Sleep(time.Millisecond) // 2.101
	must(pods.Delete(ctx, "b", metav1.DeleteOptions{}))
	time.Sleep(900 * time.Millisecond) // 3.001: the adapter still knows the pod that is gone
	s.value("a", 8)
	s.value("b", 1)
}

// played is what a recording has of the scene.
func played(began time.Duration) []string {
	day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	at := func(s time.Duration) string { return day.Add(s).Format(time.TimeOnly) }
	return []string{
		"0.000 pod a Running", "0.000 pod b Running",
		"0.000 usage a " + at(0) + " 15 map[c:0.12] b " + at(0) + " 15 map[c:0.03]",
		"0.000 " + users + " a=8@0.000 b=4@0.000",
		"1.001 " + users + " a=9@1.001 b=5@1.001",
		"1.020 rescale 1→3 too many users", "1.020 pass 3",
		"1.150 pod c Pending", "1.200 pod c Running",
		"2.001 " + users + " a=7@2.001 c=0@2.001 b:timeout",
		"2.100 pass 3", "2.101 gone b",
		fmt.Sprintf("%.3f usage a %s 15 map[c:0.08]", (2*time.Second + began%usageEvery).Seconds(), at(2*time.Second)),
		"3.001 " + users + " a=8@3.001",
	}
}

// What cannot be recorded is said before anything is.
func TestNothingToRecord(t *testing.T) {
	forbidden := apierrors.NewForbidden(corev1.Resource("pods"), "", fmt.Errorf("no"))
	for want, change := range map[string]func(*stage){
		"the adapter is away":                             func(s *stage) { s.away = errAway },
		"Deployment web, which HPA web scales: not found": func(s *stage) { s.report.Target.Problem = "not found" },
		"namespace shop has no HPA web":                   func(s *stage) { _ = s.kube.Tracker().Delete(hpas, "shop", target) },
		"watch pods: ":                                    func(s *stage) { s.kube.PrependReactor("list", "pods", refuse(forbidden)) },
		"watch HPAs: ":                                    func(s *stage) { s.kube.PrependReactor("list", "horizontalpodautoscalers", refuse(forbidden)) },
		"watch events: ":                                  func(s *stage) { s.kube.PrependReactor("list", "events", refuse(errAway)) },
		"metrics.k8s.io: the adapter is away":             func(s *stage) { s.metrics.PrependReactor("list", "pods", refuse(errAway)) },
		"has no total yet, with which a recording begins: no pod answers": func(s *stage) {
			s.report.Metrics[0] = explain.Metric{Type: "Pods", Name: users, Invalid: "no pod answers"}
		},
		"smooths with half-lives of 10s (rise) and 30s (fall), the configuration says 10s and 1m0s": func(s *stage) { s.report.Metrics[0].Total.FallHalfLifeSeconds = 30 },
		"does not say how many replicas it wants":                                                   func(s *stage) { s.report.Replicas.Current = nil },
		`spec.metrics[0].pods.metric.name: Unsupported value: "sessions"`: func(s *stage) {
			h := theHPA()
			h.Spec.Metrics[0].Pods.Metric.Name = "sessions"
			_ = s.kube.Tracker().Update(hpas, h, "shop")
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage("a")
			s.value("a", 8)
			change(s)
			r, err := Run(t.Context(), s.cluster(), Config{Namespace: "shop", HPA: target, Settings: shipped(t), Hold: 5 * time.Second}, nil)
			if r != nil || err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, %v, want %s", r, err, want)
			}
		})
	}
}

var hpas = autoscalingv2.SchemeGroupVersion.WithResource("horizontalpodautoscalers")

func refuse(err error) clienttesting.ReactionFunc {
	return func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, err }
}

// A run that cannot go on is recorded as far as it went.
func TestEndsEarly(t *testing.T) {
	for want, happens := range map[string]func(*stage) error{
		"HPA web was deleted": func(s *stage) error { return s.kube.Tracker().Delete(hpas, "shop", target) },
		"HPA web was changed: a recording is of one that stays as it is": func(s *stage) error {
			h := theHPA()
			h.Spec.MaxReplicas++
			return s.kube.Tracker().Update(hpas, h, "shop")
		},
		"no answer for 5s: the adapter is away": func(s *stage) error {
			s.say(func() { s.away = errAway })
			time.Sleep(5250 * time.Millisecond)
			return nil
		},
		"no answer for 5s: context deadline exceeded": func(s *stage) error {
			s.say(func() { s.away = errSlow })
			time.Sleep(8250 * time.Millisecond)
			return nil
		},
		"no answer for 5s: metrics.k8s.io: the adapter is away": func(s *stage) error {
			s.metrics.PrependReactor("list", "pods", refuse(errAway))
			time.Sleep(5500 * time.Millisecond)
			return nil
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage("a")
			s.value("a", 8)
			r, err := watch(t, s, func() {
				s.value("a", 9)
				time.Sleep(time.Second)
				if err := happens(s); err != nil {
					t.Error(err)
				}
			})
			if err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
			if r == nil || tell(r.Events[len(r.Events)-1])[5:] != " "+users+" a=9@"+tell(r.Events[len(r.Events)-1])[0:5] {
				t.Errorf("%s: %+v", want, r)
			}
		})
	}
}

// An answer that is missing for a while is waited for.
func TestHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage("a")
		s.value("a", 8)
		r, err := watch(t, s, func() {
			s.say(func() { s.away = errAway })
			time.Sleep(4 * time.Second)
			s.say(func() { s.away = nil })
			s.value("a", 9)
		})
		if err != nil || !strings.Contains(tell(r.Events[len(r.Events)-1]), " a=9@") {
			t.Errorf("%v, %+v", err, r)
		}
	})
}
