package explain

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	metricsv1beta1 "k8s.io/metrics/pkg/apis/metrics/v1beta1"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/pkg/store"
)

// The names of what the adapter serves of pods, and of objects.
const (
	users = "active_users_per_pod"
	total = "active_users_total_smoothed"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func ptr[T any](v T) *T { return &v }

// value is what the adapter knows of one pod's users.
type value struct {
	state  sample.State
	users  float64 // without meaning where there is no value
	age    time.Duration
	reason sample.Reason
	detail string
}

func fresh(users float64) value {
	return value{state: sample.StateFresh, users: users, age: 400 * time.Millisecond}
}

func absent(reason sample.Reason, detail string) value {
	return value{state: sample.StateAbsent, reason: reason, detail: detail}
}

// scene is the shipped HPA at as many replicas as there are pods, with so many users in each, and CPU at a third of its target.
func scene(smoothed float64, values ...value) *Input {
	n := int32(len(values))
	in := &Input{Now: noon, HPA: shipped(n), Scale: &autoscalingv1.Scale{
		Spec: autoscalingv1.ScaleSpec{Replicas: n}, Status: autoscalingv1.ScaleStatus{Replicas: n, Selector: "app=workload"},
	}}
	for i := range values {
		in.Pods = append(in.Pods, pod(fmt.Sprintf("workload-%d", i)))
	}
	in.cpu(20)
	in.users(smoothed, values...)
	return in
}

func shipped(desired int32) *autoscalingv2.HorizontalPodAutoscaler {
	rules := func(tolerance string, window, pods int32) *autoscalingv2.HPAScalingRules {
		return &autoscalingv2.HPAScalingRules{
			Tolerance: ptr(resource.MustParse(tolerance)), StabilizationWindowSeconds: &window,
			SelectPolicy: ptr(autoscalingv2.MaxChangePolicySelect),
			Policies:     []autoscalingv2.HPAScalingPolicy{{Type: autoscalingv2.PodsScalingPolicy, Value: pods, PeriodSeconds: 15}},
		}
	}
	return &autoscalingv2.HorizontalPodAutoscaler{
		ObjectMeta: metav1.ObjectMeta{Namespace: "userscale", Name: "workload"},
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "workload"},
			MinReplicas:    ptr(int32(2)), MaxReplicas: 10,
			Metrics: []autoscalingv2.MetricSpec{podsMetric(users, "10"), {
				Type: autoscalingv2.ResourceMetricSourceType,
				Resource: &autoscalingv2.ResourceMetricSource{Name: corev1.ResourceCPU, Target: autoscalingv2.MetricTarget{
					Type: autoscalingv2.UtilizationMetricType, AverageUtilization: ptr(int32(60)),
				}},
			}},
			Behavior: &autoscalingv2.HorizontalPodAutoscalerBehavior{ScaleUp: rules("0", 0, 2), ScaleDown: rules("0.3", 300, 1)},
		},
		Status: autoscalingv2.HorizontalPodAutoscalerStatus{DesiredReplicas: desired},
	}
}

func podsMetric(name, target string) autoscalingv2.MetricSpec {
	return autoscalingv2.MetricSpec{Type: autoscalingv2.PodsMetricSourceType, Pods: &autoscalingv2.PodsMetricSource{
		Metric: autoscalingv2.MetricIdentifier{Name: name},
		Target: autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: ptr(resource.MustParse(target))},
	}}
}

// pod has been ready for an hour and requests 200m of CPU.
func pod(name string) *corev1.Pod {
	long := metav1.NewTime(noon.Add(-time.Hour))
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "userscale", Name: name, UID: types.UID(name), Labels: map[string]string{"app": "workload"}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("200m"), corev1.ResourceMemory: resource.MustParse("64Mi")},
		}}}},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, StartTime: &long,
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: long}},
		},
	}
}

// cpu sets every pod's use in percent of its request, and 48Mi of memory.
func (in *Input) cpu(percent int64) {
	in.Usage = nil
	for _, p := range in.Pods {
		in.Usage = append(in.Usage, metricsv1beta1.PodMetrics{
			ObjectMeta: metav1.ObjectMeta{Name: p.Name, Labels: p.Labels},
			Timestamp:  metav1.NewTime(noon.Add(-8 * time.Second)), Window: metav1.Duration{Duration: 15 * time.Second},
			Containers: []metricsv1beta1.ContainerMetrics{{Name: "app", Usage: corev1.ResourceList{
				corev1.ResourceCPU:    *resource.NewMilliQuantity(2*percent, resource.DecimalSI),
				corev1.ResourceMemory: resource.MustParse("48Mi"),
			}}},
		})
	}
}

// users sets what the adapter knows, with shares in proportion to the values.
func (in *Input) users(smoothed float64, values ...value) {
	d := store.MetricDescription{
		Name: users, RawName: "active_users_raw", TotalName: total, MaxAge: 15 * time.Second, Smoothed: smoothed,
		Smoothing: smoothing.HalfLives{Rise: 10 * time.Second, Fall: time.Minute},
		Coverage:  sample.Coverage{Matched: len(values), Expected: len(values)},
	}
	causes := map[sample.Reason]int{}
	for i, v := range values {
		p := store.PodDescription{
			UID: in.Pods[i].UID, Name: in.Pods[i].Name, State: v.state, Expected: true, Reason: v.reason, Detail: v.detail,
		}
		if v.age > 0 {
			p.Value, p.Time = v.users, noon.Add(-v.age)
		}
		if isServed(v.state) {
			d.Raw += v.users
			d.Coverage.Counted++
		} else {
			causes[v.reason]++
		}
		d.Pods = append(d.Pods, p)
	}
	for i, v := range values {
		if isServed(v.state) {
			d.Pods[i].Share = int64(math.Round(smoothed * 1000 * v.users / d.Raw))
		}
	}
	if d.Coverage.Counted == 0 {
		err := &sample.NotFreshError{Metric: users, MaxAge: d.MaxAge, Matched: len(values), Expected: len(values)}
		for _, reason := range slices.Sorted(maps.Keys(causes)) {
			err.Causes = append(err.Causes, sample.Cause{Reason: string(reason), Pods: causes[reason]})
		}
		d.Withheld = err
	}
	in.Values = &store.Description{Selector: "app=workload", Metrics: []store.MetricDescription{d}}
}

// object has the HPA go by the total of Service web alone, which selects the HPA's own pods.
func (in *Input) object(target autoscalingv2.MetricTarget) {
	in.HPA.Spec.Metrics = []autoscalingv2.MetricSpec{{Type: autoscalingv2.ObjectMetricSourceType, Object: &autoscalingv2.ObjectMetricSource{
		DescribedObject: autoscalingv2.CrossVersionObjectReference{APIVersion: "v1", Kind: "Service", Name: "web"},
		Metric:          autoscalingv2.MetricIdentifier{Name: total},
		Target:          target,
	}}}
	in.Objects = map[int]Object{0: {Values: in.Values}}
}

func averageValue(text string) autoscalingv2.MetricTarget {
	return autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: ptr(resource.MustParse(text))}
}

// condition adds to what the HPA's last pass said.
func (in *Input) condition(kind autoscalingv2.HorizontalPodAutoscalerConditionType, reason, message string) {
	in.HPA.Status.Conditions = append(in.HPA.Status.Conditions, autoscalingv2.HorizontalPodAutoscalerCondition{
		Type: kind, Status: corev1.ConditionTrue, Reason: reason, Message: message,
	})
}
