package observe

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"userscale.dev/userscale/pkg/adapter/meaning"
	"userscale.dev/userscale/replay/internal/recording"
)

var inf = math.Inf(1)

// What the adapter's discovery and the HPA controller read of a pod stays in it, and nothing else.
func TestTrimPod(t *testing.T) {
	always, now := corev1.ContainerRestartPolicyAlways, metav1.NewTime(noon)
	requests := func(cpu string) corev1.ResourceRequirements {
		return corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu)}}
	}
	kept := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "shop", Name: "a", UID: "1", Labels: map[string]string{"app": "web"}, CreationTimestamp: now, DeletionTimestamp: &now,
			Annotations: map[string]string{"userscale.dev/scrape": "true", "userscale.dev/port": "http", "prometheus.io/scrape": "false"},
		},
		Spec: corev1.PodSpec{
			Resources:      &corev1.ResourceRequirements{Requests: requests("3").Requests},
			InitContainers: []corev1.Container{{Name: "proxy", RestartPolicy: &always, Resources: requests("100m")}},
			Containers:     []corev1.Container{{Name: "c", Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8000}}, Resources: requests("200m")}},
		},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, PodIP: "10.0.0.1", StartTime: &now,
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: now}},
		},
	}
	pod := kept.DeepCopy()
	pod.Annotations["kubectl.kubernetes.io/restartedAt"] = "x"
	pod.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "kubelet"}}
	pod.ResourceVersion, pod.Spec.NodeName = "7", "n"
	pod.Spec.Containers[0].Image = "i"
	pod.Spec.InitContainers = append([]corev1.Container{{Name: "once", Resources: requests("4")}}, pod.Spec.InitContainers...)
	pod.Status.Conditions = append([]corev1.PodCondition{{Type: corev1.PodScheduled}}, pod.Status.Conditions...)
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "c"}}
	if diff := cmp.Diff(kept, trimPod(pod)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	rules, err := meaning.DiscoveryRules(shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rules.Pod(pod), rules.Pod(trimPod(pod))); diff != "" || len(rules.Pod(pod).Targets) != 1 {
		t.Errorf("to the adapter it is another pod (-before +after):\n%s", diff)
	}
}

// Another pod of the same name is another pod, and the end of the first one is not that of the second.
func TestNameReused(t *testing.T) {
	j := newJournal()
	j.setHPA(theHPA())
	j.setPod(thePod("a"))
	j.begin(noon, &recording.Header{})
	second := thePod("a")
	second.UID = "another"
	j.setPod(second)
	j.deletePod(thePod("a"))
	j.deletePod(thePod("stranger"))
	j.setPod(second)
	j.deletePod(second)
	j.deletePod(second)
	j.setPod(thePod("a"))
	var got []string
	for _, e := range j.events {
		got = append(got, tell(e))
	}
	want := []string{"0.000 pod a Running", "0.000 gone a", "0.000 pod a Running", "0.000 gone a", "0.000 pod a Running"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Each rescale has the reason that was posted about then, before or after the status was written.
func TestReasons(t *testing.T) {
	j := newJournal()
	j.setHPA(theHPA())
	j.began = noon
	rescale := func(at float64, to int32) {
		j.addLocked(recording.Event{T: at, Rescale: &recording.Rescale{From: 1, To: to}})
	}
	rescale(10, 3)
	rescale(25, 5)
	rescale(40, 3)
	rescale(200, 3)
	j.posted = []posted{{9.9, 3, "first"}, {40.3, 3, "third"}, {25.1, 6, "of another size"}, {26, 5, "second"}, {180, 3, "too long ago"}}
	var got []string
	for _, e := range j.finish().Events {
		got = append(got, e.Rescale.Reason)
	}
	if diff := cmp.Diff([]string{"first", "second", "third", ""}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for message, want := range map[string]int{
		"New size: 4; reason: cpu resource utilization (percentage of request) above target": 1,
		combined + "New size: 12; reason: All metrics below target":                          1,
		"New size: many; reason: none":                                                       0, "else": 0,
	} {
		j.posted = nil
		j.post(&corev1.Event{Reason: "SuccessfulRescale", Message: message})
		j.post(&corev1.Event{Reason: "FailedRescale", Message: message})
		if len(j.posted) != want {
			t.Errorf("%q: took %+v", message, j.posted)
		}
	}
}

// The clocks' difference is what the quickest of the last answers says, so that one that was slow does not matter and a clock that was
// set does for ten seconds.
func TestAnswered(t *testing.T) {
	j := newJournal()
	j.setHPA(theHPA())
	j.began = time.Now().Add(-time.Minute)
	j.answered(time.Now())
	j.answered(time.Now().Add(-3 * time.Second)) // on its way for long
	if now := j.nowLocked(); now < 60 || now > 61 {
		t.Errorf("it is %v, want about 60", now)
	}
	for range lags {
		j.answered(time.Now().Add(-3 * time.Second))
	}
	if now := j.nowLocked(); now < 57 || now > 58 {
		t.Errorf("it is %v, want about 57", now)
	}
}
