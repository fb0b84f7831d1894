package explain

import (
	"fmt"
	"slices"
	"strings"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"userscale.dev/userscale/pkg/hpa"
	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/store"
)

// Object is what the adapter measured of the object that a metric describes.
type Object struct {
	Values *store.Description // of the pods that it selects, which need not be the HPA's
	Err    error              // why there are none
}

// objects looks at the objects that the HPA's metrics describe. The answer is by metric; others have none.
func (e *Explainer) objects(h *autoscalingv2.HorizontalPodAutoscaler, now time.Time) map[int]Object {
	objects := map[int]Object{}
	for i := range h.Spec.Metrics {
		if spec := h.Spec.Metrics[i].Object; spec != nil {
			objects[i] = e.object(h.Namespace, spec.DescribedObject, now)
		}
	}
	return objects
}

func (e *Explainer) object(namespace string, ref autoscalingv2.CrossVersionObjectReference, now time.Time) Object {
	kind := schema.FromAPIVersionAndKind(ref.APIVersion, ref.Kind).GroupKind() // as the HPA reads it
	selector, err := e.from.Objects.Selector(kind, namespace, ref.Name)
	if err != nil {
		return Object{Err: err}
	}
	d, ok := e.from.Values.DescribePods(now, namespace, selector)
	if !ok {
		return Object{Err: fmt.Errorf("%w: none matches %q", sample.ErrNoPod, selector)}
	}
	return Object{Values: &d}
}

// objectMetric explains a metric of an object. This adapter serves the whole API, so what it does not have nobody has.
func (in Input) objectMetric(m *Metric, o Object, spec *autoscalingv2.ObjectMetricSource) {
	if o.Values == nil {
		m.Invalid = o.Err.Error()
		return
	}
	i := slices.IndexFunc(o.Values.Metrics, func(d store.MetricDescription) bool { return d.TotalName == m.Name && m.Name != "" })
	if i < 0 {
		m.Invalid = "the adapter serves no metric of objects of that name"
		return
	}
	d := &o.Values.Metrics[i]
	m.Total = totalOf(d)
	m.Pods = Input{Now: in.Now}.podsOf(d) // not the HPA's, which have no part in it
	m.judge(d, spec.Metric.Selector)
	var total int64
	for i := range d.Pods {
		total += d.Pods[i].Share
	}
	switch sync := in.sync(m.Tolerance); {
	case m.Target.Type == autoscalingv2.ValueMetricType && m.Target.Value != nil:
		p, err := hpa.ObjectValue(sync, m.Target.Value.MilliValue(), total)
		m.propose(p, err, autoscalingv2.MetricValueStatus{Value: resource.NewMilliQuantity(p.Usage, resource.DecimalSI)})
	case m.Target.Type == autoscalingv2.AverageValueMetricType && m.Target.AverageValue != nil:
		p, err := hpa.ObjectAverageValue(sync, m.Target.AverageValue.MilliValue(), total)
		m.propose(p, err, autoscalingv2.MetricValueStatus{AverageValue: resource.NewMilliQuantity(p.Usage, resource.DecimalSI)})
	default:
		m.Invalid = "its target has neither a value nor an averageValue"
	}
}

// judge says why the adapter does not answer, where it does not.
func (m *Metric) judge(d *store.MetricDescription, series *metav1.LabelSelector) {
	if series != nil && len(series.MatchLabels)+len(series.MatchExpressions) > 0 {
		m.Invalid = "the adapter does not support metric label selectors"
	} else if d.Withheld != nil {
		m.Invalid = strings.TrimPrefix(d.Withheld.Error(), d.Name+": ")
	}
}
