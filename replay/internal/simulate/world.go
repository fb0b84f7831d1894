package simulate

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/replay/internal/workload"
)

// world is a stage on which a model of pods and users says what happens. It starts with the trace.
type world struct {
	*stage

	config   *Config
	chance   *chance
	began    time.Time // a while before the trace
	workload *workload.Workload
	objects  objects
	selector labels.Selector
	kubelets kubelets
	relays   relays
	adapters []*adapter // that run: the one that answers, and one that is about to
	byUID    map[types.UID]*workload.Pod
	shown    map[types.UID]podState // what the cluster shows of each pod
	changes  int                    // of the workload, as of the last show
	started  int                    // pods created so far, as of the last point
	desired  int32
}

// podState is what of a pod the cluster shows; it is shown anew when that changes.
type podState struct {
	object                   *corev1.Pod
	running, ready, deleting bool
}

// warmUp is how long the first second's users were there before the trace begins, so that all who measure have measured by then; and
// where the number of pods is left open, so that it is what the policy makes of them.
func (c *Config) warmUp() time.Duration {
	if c.Initial > 0 {
		return 2 * time.Minute
	}
	return 2*time.Minute + max(2*c.Pods.Start, 5*time.Minute)
}

func newWorld(c *Config, now time.Time) (*world, error) {
	hpa := c.Policy.HPA
	target := hpa.Spec.ScaleTargetRef.Name
	selector := labels.SelectorFromSet(labels.Set{labelKey: target})
	stage, err := newStage(hpa, c.initial(), selector.String(), &c.Controller, now.Add(c.warmUp()))
	if err != nil {
		return nil, err
	}
	c.describe(stage.out)
	w := &world{
		stage: stage, config: c, chance: newChance(c.Seed), began: now, selector: selector,
		objects: objects{
			namespace: hpa.Namespace, target: target, container: containerOf(hpa),
			request: *resource.NewMilliQuantity(int64(c.CPURequest), resource.DecimalSI),
		},
		relays:  relays{gpu: map[int]float64{}, prometheus: map[int]scraped{}},
		byUID:   map[types.UID]*workload.Pod{},
		shown:   map[types.UID]podState{},
		desired: c.initial(),
	}
	w.kubelets.objects = &w.objects
	w.workload = workload.New(c.Pods, now, int(w.desired))
	return w, nil
}

// goesOn says whether there is more of the trace.
func (w *world) goesOn() bool { return len(w.out.Points) < len(w.config.Users) }

// plan puts all on the agenda that recurs or is told to happen, and returns when the controller's first pass is. Whatever it draws it draws
// in a fixed order.
func (w *world) plan() (first time.Time) {
	c, s := w.config, &w.config.Scrapes
	w.agenda.every(w.began, time.Second, w.second)
	w.agenda.every(w.began.Add(w.chance.phase(s.CPUResolution)), s.CPUResolution, w.measureCPU)
	w.agenda.every(w.began.Add(w.chance.phase(s.GPURefresh)), s.GPURefresh, func(now time.Time) { w.relays.refresh(w.workload, now) })
	w.agenda.every(w.began.Add(w.chance.phase(s.Prometheus)), s.Prometheus, func(now time.Time) { w.relays.scrape(w.workload, now) })
	w.beginAdapter(w.began)
	if at := c.RollingUpdate; at > 0 {
		w.agenda.add(w.start.Add(at), func(now time.Time) {
			w.event(now, "rollout", "RollingUpdate", "a rolling update begins")
			w.workload.Roll(now)
			w.show(now)
		})
	}
	if at := c.AdapterRestart; at > 0 {
		w.agenda.add(w.start.Add(at), w.restartAdapter)
	}
	w.show(w.began)
	first = w.start
	if c.Initial == 0 {
		first = w.began.Add(2 * time.Minute)
	}
	first = first.Add(w.chance.phase(c.Controller.SyncPeriod))
	w.agenda.every(first.Add(time.Millisecond), c.Controller.SyncPeriod, w.rescale)
	return first
}

// second begins a second of the trace: the one before is over, and other users are there.
func (w *world) second(now time.Time) {
	t := int(now.Sub(w.start) / time.Second)
	switch {
	case t > 0:
		w.point(now, t-1)
	case t == 0:
		w.started = w.workload.Created() - w.workload.Present()
	}
	if t >= len(w.config.Users) {
		return
	}
	t = max(t, 0)
	if w.config.Progress != nil && t%600 == 0 {
		w.config.Progress(t, len(w.config.Users))
	}
	users := w.config.Users[t]
	if w.config.Poisson {
		users = w.chance.noisy(users)
	}
	w.workload.Demand(now, users)
	w.show(now)
}

// rescale has the workload follow what the controller decided.
func (w *world) rescale(now time.Time) {
	w.hear()
	if desired := w.cluster.Desired(); desired != w.desired {
		w.desired = desired
		w.workload.Scale(now, int(desired))
		w.show(now)
	}
}

func (w *world) measureCPU(now time.Time) {
	w.advance(now)
	w.workload.Settle(now)
	measured := w.kubelets.measure(w.workload.Pods(), now)
	w.agenda.add(now.Add(w.config.Scrapes.CPUDelay), func(time.Time) { w.cpu.serve(measured) })
}

// beginAdapter starts an adapter. It answers when it has collected each metric once.
func (w *world) beginAdapter(now time.Time) {
	a := newAdapter(w.config.Policy, w.selector, now)
	w.adapters = append(w.adapters, a)
	for _, s := range w.shown {
		a.setPod(s.object)
	}
	metrics := w.config.Policy.Settings.Metrics
	for i := range metrics {
		c := &collection{metric: &metrics[i], stream: uint64(i), rates: map[int]*smoothing.Counter{}}
		if metrics[i].Pods == nil {
			c.relayed = w.relays.of(&metrics[i])
		}
		w.agenda.add(now.Add(w.chance.phase(time.Second)), func(now time.Time) { w.collect(a, c, now) })
	}
}

// collect has an adapter collect a metric, and again after the interval, while it runs.
func (w *world) collect(a *adapter, c *collection, now time.Time) {
	if !w.runs(a) {
		return
	}
	w.agenda.add(now.Add(c.metric.CollectEvery()), func(now time.Time) { w.collect(a, c, now) })
	w.advance(now)
	batch, took := c.collect(w, a, now)
	if took == 0 {
		w.record(a, now, func() { a.record(now, batch) })
		return
	}
	w.agenda.add(now.Add(took), func(now time.Time) { w.record(a, now, func() { a.record(now, batch) }) })
}

// record lets an adapter that still runs take something in. The newest one answers as soon as it can.
func (w *world) record(a *adapter, now time.Time, take func()) {
	if !w.runs(a) {
		return
	}
	take()
	if w.custom.serving.Load() != a && a.ready() {
		if a.began.After(w.began) {
			w.event(now, "adapter", "Serving", "the new adapter answers")
		}
		w.custom.serving.Store(a)
		w.adapters = []*adapter{a}
	}
}

func (w *world) runs(a *adapter) bool {
	for _, other := range w.adapters {
		if other == a {
			return true
		}
	}
	return false
}

// restartAdapter replaces the adapter by one that knows nothing of the past.
func (w *world) restartAdapter(now time.Time) {
	outage := w.config.AdapterOutage
	if outage == 0 {
		w.event(now, "adapter", "Restart", "a new adapter starts, the old one answers until it can")
		w.beginAdapter(now)
		return
	}
	w.event(now, "adapter", "Down", fmt.Sprintf("the adapter is gone for %v", outage))
	w.custom.serving.Store(nil)
	w.adapters = nil
	w.agenda.add(now.Add(outage), w.beginAdapter)
}

// advance lets happen with the pods what is due.
func (w *world) advance(now time.Time) {
	w.workload.Advance(now)
	w.show(now)
}

// show tells the cluster and the adapters of what changed with the pods.
func (w *world) show(now time.Time) {
	if w.changes == w.workload.Changes() && len(w.shown) > 0 {
		return
	}
	w.changes = w.workload.Changes()
	pods := w.workload.Pods()
	for _, p := range pods {
		id := uid(p)
		was, known := w.shown[id]
		is := podState{running: p.IsRunning(now), ready: !now.Before(p.Ready), deleting: p.Deleting()}
		if known && was.running == is.running && was.ready == is.ready && was.deleting == is.deleting {
			continue
		}
		is.object = w.objects.pod(p, now)
		w.shown[id], w.byUID[id] = is, p
		for _, a := range w.adapters {
			a.setPod(is.object)
		}
	}
	w.forget(pods)
	w.list(pods)
}

// forget removes pods that are gone.
func (w *world) forget(pods []*workload.Pod) {
	there := make(map[types.UID]bool, len(pods))
	for _, p := range pods {
		there[uid(p)] = true
	}
	for id := range w.shown {
		if there[id] {
			continue
		}
		delete(w.shown, id)
		delete(w.byUID, id)
		for _, a := range w.adapters {
			a.deletePod(id)
		}
	}
}

// list gives the cluster its pods.
func (w *world) list(pods []*workload.Pod) {
	objects, present := make([]*corev1.Pod, len(pods)), int32(0)
	for i, p := range pods {
		objects[i] = w.shown[uid(p)].object
		if !p.Deleting() {
			present++
		}
	}
	w.cluster.SetPods(objects, present)
}
