package simulate

import (
	"maps"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/metrics/pkg/apis/metrics/v1beta1"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/store"
	"userscale.dev/userscale/replay/internal/recording"
	"userscale.dev/userscale/replay/internal/timeline"
)

// tap records a run of the model from its trace on, from outside: it looks at what there is after each thing that happened, as one looks
// at a cluster. So it does not see collections that bring nothing new, and the passes are seen some time after they were made.
type tap struct {
	*world
	recorded  *recording.Recording
	pods      map[types.UID]*corev1.Pod
	collected map[string]map[types.UID]state // by metric
	decided   int
	usage     []v1beta1.PodMetrics
	version   string // of the HPA
}

// state is what a collection can change of a pod, as far as it shows.
type state struct {
	at     time.Time
	reason sample.Reason
}

// tapped runs the model, and returns what it did and what was recorded of it.
func tapped(t *testing.T, c Config) (*timeline.Timeline, *recording.Recording) {
	t.Helper()
	tap := &tap{pods: map[types.UID]*corev1.Pod{}, collected: map[string]map[types.UID]state{}}
	silence()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(678 * time.Millisecond) // no run begins with a whole second
		w, err := newWorld(&c, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		tap.world = w
		first := w.plan()
		if err := w.play(t.Context(), &c.Controller, w.cluster.ScaleClient(), first, func() bool { tap.look(); return w.goesOn() }); err != nil {
			t.Fatal(err)
		}
	})
	slices.SortStableFunc(tap.recorded.Events, func(a, b recording.Event) int { return int(math.Round(1000*a.T) - math.Round(1000*b.T)) })
	return tap.out, tap.recorded
}

// look is called after each thing that happened.
func (p *tap) look() {
	now := time.Now()
	if now.Before(p.start) {
		return
	}
	if p.recorded == nil {
		p.begin()
	}
	p.lookAtPods()
	for _, id := range slices.Sorted(maps.Keys(p.pods)) {
		if _, there := p.shown[id]; !there {
			p.note(recording.Event{Gone: p.pods[id].Name})
			delete(p.pods, id)
		}
	}
	d, _ := p.custom.serving.Load().store.Describe(now, store.HPA{Namespace: p.objects.namespace, Name: p.config.Policy.HPA.Name})
	for i := range d.Metrics {
		p.lookAtCollection(&d.Metrics[i])
	}
	p.lookAtUsage()
	p.lookAtHPA()
}

// moment is a time in seconds since the recording began.
func (p *tap) moment(at time.Time) float64 { return at.Sub(p.start).Seconds() }

func (p *tap) note(e recording.Event) {
	if e.T == 0 {
		e.T = p.moment(time.Now())
	}
	p.recorded.Events = append(p.recorded.Events, e)
}

func (p *tap) begin() {
	p.recorded = &recording.Recording{Header: recording.Header{
		Kind: recording.Kind, Began: p.start, HPA: p.cluster.HPA(), Configuration: p.config.Policy.Settings, Replicas: p.cluster.Desired(),
	}}
	p.version = p.recorded.HPA.ResourceVersion
	for _, t := range p.custom.serving.Load().store.Totals(time.Now()) {
		p.recorded.Totals = append(p.recorded.Totals, recording.Total{Metric: t.Metric, Smoothed: t.Smoothed})
	}
}

func (p *tap) lookAtPods() {
	for _, id := range slices.Sorted(maps.Keys(p.shown)) {
		if is := p.shown[id].object; p.pods[id] != is {
			p.pods[id] = is
			p.note(recording.Event{Pod: is})
		}
	}
}

func (p *tap) lookAtCollection(m *store.MetricDescription) {
	c := &recording.Collection{Metric: m.Name, Failures: map[string]string{}}
	before, again := p.collected[m.Name]
	is := map[types.UID]state{}
	changed := !again
	for _, pod := range m.Pods {
		x := state{pod.Time, pod.Reason}
		if x.reason == sample.ReasonNoValue {
			x.reason = ""
		}
		is[pod.UID] = x
		changed = changed || before[pod.UID] != x
	}
	if p.collected[m.Name] = is; !changed {
		return
	}
	for _, pod := range m.Pods {
		switch {
		case pod.Reason == sample.ReasonNoValue:
		case pod.Reason != "":
			c.Failures[pod.Name] = string(pod.Reason)
		case !pod.Time.IsZero() && pod.State != sample.StateGone:
			c.Values = append(c.Values, recording.Value{Pod: pod.Name, Value: pod.Value, At: p.moment(pod.Time)})
		}
	}
	p.note(recording.Event{Collection: c})
}

func (p *tap) lookAtUsage() {
	if len(p.cpu.serving) == 0 || len(p.usage) > 0 && &p.usage[0] == &p.cpu.serving[0] {
		return
	}
	p.usage = p.cpu.serving
	u := &recording.Usage{}
	for _, item := range p.usage {
		cores := map[string]float64{}
		for _, c := range item.Containers {
			cores[c.Name] = c.Usage.Cpu().AsApproximateFloat64()
		}
		u.Pods = append(u.Pods, recording.PodUsage{Pod: item.Name, At: item.Timestamp.Time, Window: item.Window.Seconds(), Containers: cores})
	}
	p.note(recording.Event{Usage: u})
}

// lookAtHPA is a millisecond after each pass, since it is then that something happens again.
func (p *tap) lookAtHPA() {
	for _, d := range p.out.Decisions[p.decided:] {
		p.note(recording.Event{T: d.T + writeDelay.Seconds(), Rescale: &recording.Rescale{From: d.From, To: d.To, Reason: d.Reason}})
		p.decided++
	}
	if hpa := p.cluster.HPA(); hpa.ResourceVersion != p.version {
		p.version = hpa.ResourceVersion
		p.note(recording.Event{T: p.moment(time.Now().Add(writeDelay - time.Millisecond)), Pass: &recording.Pass{Status: hpa.Status}})
	}
}
