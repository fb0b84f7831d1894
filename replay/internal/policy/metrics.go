package policy

import (
	"slices"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"userscale.dev/userscale/pkg/store"
)

// served returns what is wrong with the HPA's metrics: a replay has values of those that the adapter serves, and of CPU.
func served(hpa *autoscalingv2.HorizontalPodAutoscaler, metrics []store.Metric) (errs []error) {
	for i := range hpa.Spec.Metrics {
		m := &hpa.Spec.Metrics[i]
		path := field.NewPath("spec", "metrics").Index(i)
		var err *field.Error
		switch m.Type {
		case autoscalingv2.PodsMetricSourceType:
			err = named(path.Child("pods", "metric"), m.Pods.Metric, podNames(metrics))
		case autoscalingv2.ObjectMetricSourceType:
			err = object(path.Child("object"), m.Object, hpa.Spec.ScaleTargetRef, totalNames(metrics))
		case autoscalingv2.ResourceMetricSourceType:
			err = cpuOnly(path.Child("resource", "name"), m.Resource.Name)
		case autoscalingv2.ContainerResourceMetricSourceType:
			err = cpuOnly(path.Child("containerResource", "name"), m.ContainerResource.Name)
		default:
			err = field.NotSupported(path.Child("type"), m.Type, []autoscalingv2.MetricSourceType{
				autoscalingv2.PodsMetricSourceType, autoscalingv2.ResourceMetricSourceType,
				autoscalingv2.ContainerResourceMetricSourceType, autoscalingv2.ObjectMetricSourceType,
			})
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// named checks that somebody serves the metric. An HPA that names one nobody serves never scales in.
func named(path *field.Path, metric autoscalingv2.MetricIdentifier, names []string) *field.Error {
	if !slices.Contains(names, metric.Name) {
		return field.NotSupported(path.Child("name"), metric.Name, names)
	}
	if metric.Selector != nil {
		return field.Forbidden(path.Child("selector"), "the adapter's metrics have no labels to select by")
	}
	return nil
}

func object(path *field.Path, m *autoscalingv2.ObjectMetricSource, target autoscalingv2.CrossVersionObjectReference, names []string) *field.Error {
	if m.DescribedObject.Kind != target.Kind || m.DescribedObject.Name != target.Name {
		return field.Invalid(path.Child("describedObject"), m.DescribedObject.Kind+" "+m.DescribedObject.Name,
			"a replay knows one object with pods, the scaleTargetRef: "+target.Kind+" "+target.Name)
	}
	return named(path.Child("metric"), m.Metric, names)
}

func cpuOnly(path *field.Path, name corev1.ResourceName) *field.Error {
	if name != corev1.ResourceCPU {
		return field.NotSupported(path, name, []corev1.ResourceName{corev1.ResourceCPU})
	}
	return nil
}

func podNames(metrics []store.Metric) (names []string) {
	for i := range metrics {
		names = append(names, metrics[i].Name)
		if raw := metrics[i].RawName; raw != "" {
			names = append(names, raw)
		}
	}
	return names
}

func totalNames(metrics []store.Metric) (names []string) {
	for i := range metrics {
		if total := metrics[i].TotalName; total != "" {
			names = append(names, total)
		}
	}
	return names
}
