package explain

import (
	"slices"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metricsv1beta1 "k8s.io/metrics/pkg/apis/metrics/v1beta1"

	"userscale.dev/userscale/pkg/hpa"
)

// resourceMetric explains a Resource or ContainerResource metric, which metrics.k8s.io serves.
func (in Input) resourceMetric(m *Metric) {
	switch {
	case apierrors.IsForbidden(in.UsageErr):
		m.Unknown = in.UsageErr.Error() // what the adapter may not read, the HPA may
		return
	case in.UsageErr != nil:
		m.Invalid = in.UsageErr.Error()
		return
	case len(in.Usage) == 0:
		m.Invalid = "metrics.k8s.io has no metrics of the pods"
		return
	}
	name := corev1.ResourceName(m.Name)
	readings := used(in.Usage, name, m.Container)
	for _, p := range in.Pods {
		m.Pods = append(m.Pods, in.user(p.Name, readings))
	}
	slices.SortFunc(m.Pods, func(a, b Pod) int { return strings.Compare(a.Name, b.Name) })
	if m.Target.AverageValue != nil { // goes before a utilization
		in.averageValue(m, name, readings)
		return
	}
	if m.Target.AverageUtilization == nil {
		m.Invalid = "its target has neither an averageUtilization nor an averageValue"
		return
	}
	p, err := hpa.Utilization(in.sync(m.Tolerance), name, m.Container, *m.Target.AverageUtilization, readings)
	percent := int32(p.Usage)
	m.propose(p, err, autoscalingv2.MetricValueStatus{
		AverageUtilization: &percent, AverageValue: resource.NewMilliQuantity(p.Mean, resource.DecimalSI),
	})
}

func (in Input) user(name string, readings map[string]hpa.Reading) Pod {
	r, ok := readings[name]
	if !ok {
		return Pod{Name: name, Reason: "not in metrics.k8s.io"}
	}
	value := float64(r.Milli) / 1000
	return Pod{Name: name, Raw: &value, AgeSeconds: age(in.Now, r.Time)}
}

// used returns what the pods use: the sum of their containers, or one container of a name. A pod of which a container is unknown
// has no reading. Source: k8s.io/kubernetes v1.37.2, pkg/controller/podautoscaler/metrics/client.go, getPodMetrics and
// getContainerMetrics.
func used(usage []metricsv1beta1.PodMetrics, name corev1.ResourceName, container string) map[string]hpa.Reading {
	readings := make(map[string]hpa.Reading, len(usage))
	for _, pod := range usage {
		r := hpa.Reading{Time: pod.Timestamp.Time, Window: pod.Window.Duration}
		complete, containers := true, 0
		for _, c := range pod.Containers {
			if container != "" && c.Name != container {
				continue
			}
			q, ok := c.Usage[name]
			complete = complete && ok
			r.Milli += q.MilliValue()
			containers++
		}
		if complete && containers > 0 {
			readings[pod.Name] = r
		}
	}
	return readings
}
