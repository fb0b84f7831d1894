package explain

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// number shows a value to two decimals, without the zeros at the end.
func number(x float64) string {
	return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64)
}

// percent shows a ratio to one decimal.
func percent(ratio float64) string {
	return strconv.FormatFloat(math.Round(ratio*1000)/10, 'f', -1, 64) + " %"
}

// pods reads "1 pod" or "4 pods".
func pods(n int) string {
	if n == 1 {
		return "1 pod"
	}
	return fmt.Sprintf("%d pods", n)
}

// title names a metric in a sentence.
func (m *Metric) title() string {
	switch {
	case m.Container != "":
		return m.Name + " of container " + m.Container
	case m.Object != "":
		return m.Name + " of " + m.Object
	}
	return m.Name
}

// target shows what the metric should be.
func (m *Metric) target() string {
	return m.amount(autoscalingv2.MetricValueStatus{
		AverageUtilization: m.Target.AverageUtilization, AverageValue: m.Target.AverageValue, Value: m.Target.Value,
	})
}

// amount shows a value in the target's unit.
func (m *Metric) amount(v autoscalingv2.MetricValueStatus) string {
	switch {
	case v.AverageUtilization != nil && m.Target.AverageValue == nil:
		return fmt.Sprintf("%d %%", *v.AverageUtilization)
	case v.AverageValue != nil:
		return m.quantity(*v.AverageValue)
	case v.Value != nil:
		return m.quantity(*v.Value)
	}
	return "nothing"
}

// quantity shows a number of a metric in its usual unit.
func (m *Metric) quantity(q resource.Quantity) string {
	resourceMetric := m.Type == autoscalingv2.ResourceMetricSourceType || m.Type == autoscalingv2.ContainerResourceMetricSourceType
	switch {
	case resourceMetric && m.Name == string(corev1.ResourceMemory):
		return number(q.AsApproximateFloat64()/(1<<20)) + "Mi"
	case resourceMetric:
		return q.String()
	default:
		return number(q.AsApproximateFloat64())
	}
}

// band shows the ratios at which nothing changes.
func (m *Metric) band() string {
	return fmt.Sprintf("%s to %s", percent(1-m.Tolerance.Down), percent(1+m.Tolerance.Up))
}

// steps says how fast a direction may go.
func (d Direction) steps(done string) string {
	if d.SelectPolicy == string(autoscalingv2.DisabledPolicySelect) {
		return fmt.Sprintf("the policy is that no pods are %s", done)
	}
	if len(d.Policies) == 0 {
		return fmt.Sprintf("Kubernetes' own steps allow no more to be %s", done)
	}
	texts := make([]string, len(d.Policies))
	for i, p := range d.Policies {
		unit := " %"
		if p.Type == autoscalingv2.PodsScalingPolicy {
			unit = " pods"
			if p.Value == 1 {
				unit = " pod"
			}
		}
		texts[i] = fmt.Sprintf("%d%s per %d s", p.Value, unit, p.PeriodSeconds)
	}
	which := ""
	if len(texts) > 1 {
		which = ", whichever is more"
		if d.SelectPolicy == string(autoscalingv2.MinChangePolicySelect) {
			which = ", whichever is less"
		}
	}
	return fmt.Sprintf("at most %s may be %s%s", strings.Join(texts, " or "), done, which)
}
