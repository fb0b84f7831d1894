package simulate

import (
	"slices"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/metrics/pkg/apis/metrics/v1beta1"

	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/recording"
)

// everyPod is a selector of all pods of a recording, which are those of the HPA's target and no others.
const everyPod = "!replay.userscale.dev/other"

// playback is a stage on which what was recorded happens.
type playback struct {
	*stage
	virtual

	recording *recording.Recording
	policy    *policy.Policy
	adapter   *adapter
	pods      []*corev1.Pod // in the order of their appearance
	named     map[string]*corev1.Pod
	totals    map[string]float64 // smoothed ones of the beginning, until they are given to the adapter
	out       Replayed
	err       error
}

func newPlayback(s *stage, v virtual, r *recording.Recording, p *policy.Policy) (*playback, error) {
	selector, err := labels.Parse(everyPod)
	if err != nil {
		return nil, err
	}
	b := &playback{
		stage: s, virtual: v, recording: r, policy: p, adapter: newAdapter(p, selector, v.began),
		named: map[string]*corev1.Pod{}, totals: map[string]float64{},
	}
	for _, t := range r.Totals {
		b.totals[t.Metric] = t.Smoothed
	}
	s.custom.serving.Store(b.adapter)
	return b, nil
}

// plan puts all that was recorded on the agenda, and returns the passes of the controller, given when the recorded ones began.
func (b *playback) plan(began []time.Duration, period time.Duration) []pass {
	for i := range b.recording.Events {
		e := &b.recording.Events[i]
		b.agenda.add(b.at(e.T), func(now time.Time) { b.happen(now, e) })
	}
	end := b.recording.Events[len(b.recording.Events)-1].T
	b.planUnseen(b.at(end))
	b.out.Statuses = make([]*autoscalingv2.HorizontalPodAutoscalerStatus, len(began))
	passes := schedule(began, period, after(end))
	for _, p := range passes {
		b.agenda.add(b.began.Add(p.at+time.Millisecond), func(time.Time) { b.passed(p) })
	}
	return passes
}

// passed notes what came of a pass that was just made.
func (b *playback) passed(p pass) {
	b.hear()
	if p.recorded >= 0 {
		b.out.Statuses[p.recorded] = &b.cluster.HPA().Status
	}
}

// happen has one event happen. The passes and rescales are the controller's own.
func (b *playback) happen(now time.Time, e *recording.Event) {
	switch {
	case e.Pod != nil:
		b.setPod(b.pod(e.Pod))
	case e.Gone != "":
		b.forget(e.Gone)
	case e.Collection != nil:
		b.collect(now, e.Collection)
	case e.Usage != nil:
		b.use(e.Usage)
	}
}

// setPod shows a pod that is new or changed. Another one of its name must have left.
func (b *playback) setPod(pod *corev1.Pod) {
	if before, ok := b.named[pod.Name]; ok && before.UID != pod.UID {
		b.forget(pod.Name)
	}
	b.named[pod.Name] = pod
	if i := slices.IndexFunc(b.pods, func(p *corev1.Pod) bool { return p.UID == pod.UID }); i >= 0 {
		b.pods[i] = pod
	} else {
		b.pods = append(b.pods, pod)
	}
	b.adapter.setPod(pod)
	b.list()
}

func (b *playback) forget(name string) {
	gone := b.named[name]
	delete(b.named, name)
	b.pods = slices.DeleteFunc(b.pods, func(p *corev1.Pod) bool { return p == gone })
	b.adapter.deletePod(gone.UID)
	b.list()
}

// list gives the cluster its pods. Its target counts as a ReplicaSet does.
func (b *playback) list() {
	present := int32(0)
	for _, p := range b.pods {
		if p.DeletionTimestamp == nil && p.Status.Phase != corev1.PodSucceeded && p.Status.Phase != corev1.PodFailed {
			present++
		}
	}
	b.cluster.SetPods(slices.Clone(b.pods), present)
}

// use has metrics-server serve what it served.
func (b *playback) use(u *recording.Usage) {
	items := make([]v1beta1.PodMetrics, len(u.Pods))
	for i, p := range u.Pods {
		items[i] = podUsage(b.policy.HPA.Namespace, p.Pod, b.moved(p.At), after(p.Window), p.Containers)
	}
	b.cpu.serve(items)
}
