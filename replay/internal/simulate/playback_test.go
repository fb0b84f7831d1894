package simulate

import (
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/replay/internal/recording"
	"userscale.dev/userscale/replay/internal/timeline"
)

const usersName = "active_users_per_pod"

// live is a recording of an HPA on users alone, which follows them at once, of a pod that has long been ready.
func live(t *testing.T, events ...recording.Event) *recording.Recording {
	t.Helper()
	hpa := raw(t, shipped(t, nil).Policy).HPA
	hpa.Spec.Metrics = hpa.Spec.Metrics[:1]
	one := int32(1)
	hpa.Spec.MinReplicas = &one
	r := &recording.Recording{Header: recording.Header{
		Kind: recording.Kind, Began: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC),
		HPA: hpa, Configuration: raw(t, shipped(t, nil).Policy).Settings, Replicas: 1, Totals: []recording.Total{{Metric: usersName, Smoothed: 5}},
	}}
	r.Events = append([]recording.Event{{Pod: livePod("web-0", "a")}, measured(0, "web-0", 5)}, events...)
	return r
}

func livePod(name string, uid types.UID) *corev1.Pod {
	long := metav1.NewTime(time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC))
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Namespace: metav1.NamespaceDefault, UID: uid, CreationTimestamp: long,
			Annotations: map[string]string{"userscale.dev/scrape": "true", "userscale.dev/port": "8000"},
		},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, PodIP: "10.0.0.1", StartTime: &long,
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: long}},
		},
	}
}

func measured(t float64, pod string, users float64) recording.Event {
	return recording.Event{T: t, Collection: &recording.Collection{Metric: usersName, Values: []recording.Value{{Pod: pod, Value: users, At: t}}}}
}

func passAt(t float64) recording.Event { return recording.Event{T: t, Pass: &recording.Pass{}} }

// A pod of a StatefulSet is followed by one of the same name. What comes of a name is the one's that has it, and nobody's once it is gone.
func TestNamesakes(t *testing.T) {
	for name, end := range map[string][]recording.Event{"its end was seen": {{T: 20, Gone: "web-0"}}, "it was not": nil} {
		events := slices.Concat([]recording.Event{passAt(10)}, end,
			[]recording.Event{{T: 20, Pod: livePod("web-0", "b")}, measured(21, "web-0", 8), passAt(25), {T: 30, Gone: "web-0"}, measured(31, "web-0", 9), passAt(40)})
		out := replayed(t, live(t, events...))
		for i, want := range []timeline.Value{timeline.Known(5), timeline.Known(8), {}} {
			if got := ReadingOf(out.Statuses[i], 0); got != want {
				t.Errorf("%s: pass %d read %v, want %v", name, i, got, want)
			}
		}
	}
}

// Only one of them is there, then.
func TestOneOfAName(t *testing.T) {
	r := live(t)
	p, err := livePolicy(r)
	if err != nil {
		t.Fatal(err)
	}
	c, v := Defaults().Controller, virtualSince(time.Unix(0, 0), r.Began)
	s, err := newStage(p.HPA, 1, everyPod, &c, v.began)
	if err != nil {
		t.Fatal(err)
	}
	b, err := newPlayback(s, v, r, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []types.UID{"a", "a", "b"} {
		b.setPod(livePod("web-0", id))
	}
	if len(b.pods) != 1 || b.pods[0].UID != "b" {
		t.Errorf("%d pods, the first of them %s", len(b.pods), b.pods[0].UID)
	}
}

// Who is asked for all pods at once fails for all of them at once; and where the time was over nothing is known of who is in no list.
func TestFailures(t *testing.T) {
	b := &playback{named: map[string]*corev1.Pod{"a": livePod("a", "1"), "b": livePod("b", "2")}}
	batch := func(failures map[string]string) sample.Batch {
		return b.batch(&recording.Collection{Metric: usersName, Failures: failures})
	}
	if got := batch(map[string]string{"a": "timeout", "b": "connection", "gone": "timeout"}); got.Err != nil || got.Partial || len(got.Failures) != 2 ||
		got.Failures[0] != (sample.Failure{Pod: "1", Reason: sample.ReasonTimeout}) {
		t.Errorf("failures: %+v", got)
	}
	if got := batch(map[string]string{"a": "collection_failed", "b": "collection_failed"}); got.Err == nil || len(got.Failures) != 0 {
		t.Errorf("of all: %+v", got)
	}
	if got := batch(map[string]string{"a": "not_reached"}); got.Err != nil || !got.Partial {
		t.Errorf("not reached: %+v", got)
	}
}

// A total begins as it was recorded, idle pods share it, and it moves though nothing new is seen: half of it is left after a minute. A
// sample of a clock that is ahead does not make it wait.
func TestInitialTotal(t *testing.T) {
	for _, at := range []float64{-0.4, 0, 2} {
		r := live(t, passAt(0.03), passAt(14.52))
		r.Events[1].Collection.Values[0] = recording.Value{Pod: "web-0", At: at}
		r.Configuration.Metrics[0].Smoothing = shipped(t, nil).Policy.Settings.Metrics[0].Smoothing
		out := replayed(t, r)
		first, then := ReadingOf(out.Statuses[0], 0), ReadingOf(out.Statuses[1], 0)
		want := timeline.Known(4.253) // after 14 collections, one each second: 5·2^(−14/60)
		if at < 0 {
			want = timeline.Known(4.234) // the first of them was later: 5·2^(−14.4/60)
		}
		if first != timeline.Known(5) || then != want {
			t.Errorf("sample at %g: read %v, then %v, want %v", at, first, then, want)
		}
	}
}

// The status that the HPA had goes on, by the clock of the replay.
func TestInitialStatus(t *testing.T) {
	r := live(t, passAt(10))
	scaled := metav1.NewTime(r.Began.Add(-20 * time.Second))
	r.HPA.Status.LastScaleTime = &scaled
	got := replayed(t, r).Statuses[0].LastScaleTime
	if want := time.Date(1999, 12, 31, 23, 59, 40, 0, time.UTC); got == nil || !got.Time.Equal(want) {
		t.Errorf("scaled at %v, want %v", got, want)
	}
}
