package simulate

import (
	"context"
	"errors"
	"sync"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"

	"userscale.dev/userscale/pkg/hpa"
	"userscale.dev/userscale/replay/internal/timeline"
)

// witness sees what the controller reads, and works out again what each metric came to: the controller tells the largest proposal only.
// It stands between the controller and its metrics client.
type witness struct {
	metrics.MetricsClient

	config *Controller

	mu       sync.Mutex // guards what follows
	readings map[string]map[string]hpa.Reading
	objects  map[string]int64
	rescales []rescale
}

// rescale is a change of the desired count, at the moment of it.
type rescale struct {
	at        time.Time
	from, to  int32
	proposals []timeline.Proposal
}

// errNoReading says that an object had no value.
var errNoReading = errors.New("no value")

func newWitness(client metrics.MetricsClient, config *Controller) *witness {
	return &witness{MetricsClient: client, config: config, readings: map[string]map[string]hpa.Reading{}, objects: map[string]int64{}}
}

// GetResourceMetric implements metrics.MetricsClient.
func (w *witness) GetResourceMetric(ctx context.Context, resource corev1.ResourceName, namespace string, selector labels.Selector, container string) (metrics.PodMetricsInfo, time.Time, error) {
	info, at, err := w.MetricsClient.GetResourceMetric(ctx, resource, namespace, selector, container)
	w.note(string(resource), info)
	return info, at, err
}

// GetRawMetric implements metrics.MetricsClient.
func (w *witness) GetRawMetric(name, namespace string, selector, metricSelector labels.Selector) (metrics.PodMetricsInfo, time.Time, error) {
	info, at, err := w.MetricsClient.GetRawMetric(name, namespace, selector, metricSelector)
	w.note(name, info)
	return info, at, err
}

// GetObjectMetric implements metrics.MetricsClient.
func (w *witness) GetObjectMetric(name, namespace string, object *autoscalingv2.CrossVersionObjectReference, selector labels.Selector) (int64, time.Time, error) {
	value, at, err := w.MetricsClient.GetObjectMetric(name, namespace, object, selector)
	w.mu.Lock()
	defer w.mu.Unlock()
	if delete(w.objects, name); err == nil {
		w.objects[name] = value
	}
	return value, at, err
}

// note remembers readings; none where they could not be had. The calculator removes from what it is given, so they are copied.
func (w *witness) note(name string, info metrics.PodMetricsInfo) {
	readings := make(map[string]hpa.Reading, len(info))
	for pod, m := range info {
		readings[pod] = hpa.Reading{Milli: m.Value, Time: m.Timestamp, Window: m.Window}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.readings[name] = readings
}

// rescaled notes that the controller changed the desired count of these pods now.
func (w *witness) rescaled(h *autoscalingv2.HorizontalPodAutoscaler, from, to, running int32, pods []*corev1.Pod) {
	s := hpa.Sync{
		Now: time.Now(), Replicas: from, Running: running, Pods: pods, Tolerances: w.tolerances(h),
		CPUInitializationPeriod: w.config.CPUInitializationPeriod, InitialReadinessDelay: w.config.InitialReadinessDelay,
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	r := rescale{at: s.Now, from: from, to: to}
	for i := range h.Spec.Metrics {
		r.proposals = append(r.proposals, w.propose(s, &h.Spec.Metrics[i]))
	}
	w.rescales = append(w.rescales, r)
}

// take returns the rescale that was noted first.
func (w *witness) take() (rescale, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.rescales) == 0 {
		return rescale{}, false
	}
	first := w.rescales[0]
	w.rescales = w.rescales[1:]
	return first, true
}

// tolerances are the HPA's own, or else the controller's.
func (w *witness) tolerances(h *autoscalingv2.HorizontalPodAutoscaler) hpa.Tolerances {
	t := hpa.Tolerances{Up: w.config.Tolerance, Down: w.config.Tolerance}
	if b := h.Spec.Behavior; b != nil {
		own := hpa.TolerancesOf(h)
		if b.ScaleUp != nil && b.ScaleUp.Tolerance != nil {
			t.Up = own.Up
		}
		if b.ScaleDown != nil && b.ScaleDown.Tolerance != nil {
			t.Down = own.Down
		}
	}
	return t
}

// propose is what one metric came to.
func (w *witness) propose(s hpa.Sync, m *autoscalingv2.MetricSpec) timeline.Proposal {
	named := metricOf(m)
	p, err := w.ask(s, m)
	out := timeline.Proposal{Metric: named.Name, Target: timeline.Known(named.Target)}
	if err != nil {
		return out
	}
	usage := float64(p.Usage)
	if named.Unit != percent {
		usage /= 1000
	}
	out.Value, out.Replicas = timeline.Known(usage), &p.Replicas
	return out
}

// ask puts the question to the same arithmetic, which is held against the controller's own code elsewhere.
func (w *witness) ask(s hpa.Sync, m *autoscalingv2.MetricSpec) (hpa.Proposal, error) {
	switch {
	case m.Pods != nil:
		return hpa.AverageValue(s, "", m.Pods.Target.AverageValue.MilliValue(), w.readings[m.Pods.Metric.Name])
	case m.Object != nil:
		value, ok := w.objects[m.Object.Metric.Name]
		if !ok {
			return hpa.Proposal{}, errNoReading
		}
		if target := m.Object.Target.AverageValue; target != nil {
			return hpa.ObjectAverageValue(s, target.MilliValue(), value)
		}
		return hpa.ObjectValue(s, m.Object.Target.Value.MilliValue(), value)
	case m.ContainerResource != nil:
		return w.resource(s, m.ContainerResource.Name, m.ContainerResource.Container, m.ContainerResource.Target)
	default:
		return w.resource(s, m.Resource.Name, "", m.Resource.Target)
	}
}

func (w *witness) resource(s hpa.Sync, name corev1.ResourceName, container string, target autoscalingv2.MetricTarget) (hpa.Proposal, error) {
	readings := w.readings[string(name)]
	if target.AverageUtilization != nil {
		return hpa.Utilization(s, name, container, *target.AverageUtilization, readings)
	}
	return hpa.AverageValue(s, name, target.AverageValue.MilliValue(), readings)
}
