package explain

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"userscale.dev/userscale/pkg/hpa"
	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/pkg/store"
)

// verdict is what a report comes to.
type verdict struct {
	Recommended, Next any // a number, or nil where it is not known
	Limits            []hpa.Limit
	Sentence          string
}

func verdictOf(r Report) verdict {
	v := verdict{Sentence: r.Sentence}
	if n := r.Replicas.Recommended; n != nil {
		v.Recommended = int(*n)
	}
	if n := r.Replicas.Next; n != nil {
		v.Next = int(*n)
	}
	for _, l := range r.Limits {
		v.Limits = append(v.Limits, l.Name)
	}
	return v
}

func TestScalingOut(t *testing.T) {
	four := []value{fresh(12), fresh(11), fresh(12), fresh(12)}
	for name, tc := range map[string]struct {
		smoothed float64
		change   func(*Input)
		want     verdict
	}{
		"users win": {46, func(in *Input) { in.cpu(55) }, verdict{5, 5, nil,
			"Wants 5: active_users_per_pod has a smoothed total of 46 in 4 counted pods, 115 % of the target of 10 per pod, and asks for 5; " +
				"cpu asks for 4."}},
		"cpu wins": {34, func(in *Input) { in.cpu(72) }, verdict{5, 5, nil,
			"Wants 5: cpu is at 72 %, 120 % of the target of 60 %, and asks for 5; active_users_per_pod asks for 4."}},
		"step limit": {90, nil, verdict{9, 6, []hpa.Limit{hpa.ScaleUpPolicy},
			"Goes to 6, not 9: at most 2 pods per 15 s may be added; active_users_per_pod has a smoothed total of 90 in 4 counted pods, " +
				"225 % of the target of 10 per pod, and asks for 9; cpu asks for 2."}},
		"step limit, partly used up": {90, func(in *Input) { in.scaled(5 * time.Second) },
			verdict{9, 6, []hpa.Limit{hpa.ScaleUpPolicy},
				"Goes to 6, not 9: at most 2 pods per 15 s may be added, the step of 5 s ago included; active_users_per_pod has a smoothed total " +
					"of 90 in 4 counted pods, 225 % of the target of 10 per pod, and asks for 9; cpu asks for 2."}},
		"steps perhaps used up": {46, func(in *Input) { in.scaled(5 * time.Second) },
			verdict{5, 5, []hpa.Limit{hpa.ScaleUpPolicy},
				"Wants 5, as soon as its limits allow: at most 2 pods per 15 s may be added, the step of 5 s ago included; active_users_per_pod " +
					"has a smoothed total of 46 in 4 counted pods, 115 % of the target of 10 per pod, and asks for 5; cpu asks for 2."}},
		"maximum": {90, func(in *Input) { in.HPA.Spec.MaxReplicas = 5 }, verdict{9, 5, []hpa.Limit{hpa.MaxReplicas},
			"Goes to 5, not 9: maxReplicas is 5; active_users_per_pod has a smoothed total of 90 in 4 counted pods, 225 % of the target of " +
				"10 per pod, and asks for 9; cpu asks for 2."}},
		"at the maximum": {90, func(in *Input) { in.HPA.Spec.MaxReplicas = 4 }, verdict{9, 4, []hpa.Limit{hpa.MaxReplicas},
			"Stays at 4, not 9: maxReplicas is 4; active_users_per_pod has a smoothed total of 90 in 4 counted pods, 225 % of the target " +
				"of 10 per pod, and asks for 9; cpu asks for 2."}},
		"stabilised": {46, func(in *Input) {
			in.HPA.Spec.Behavior.ScaleUp.StabilizationWindowSeconds = ptr(int32(60))
			in.condition(autoscalingv2.AbleToScale, "ScaleUpStabilized", "")
		}, verdict{5, 4, []hpa.Limit{Stabilization},
			"Stays at 4: it would go to 5, but the lowest recommendation of the last 60 s holds (scale-out stabilisation); " +
				"active_users_per_pod has a smoothed total of 46 in 4 counted pods, 115 % of the target of 10 per pod, and asks for 5; " +
				"cpu asks for 2."}},
		"one metric cannot be read": {46, func(in *Input) { in.UsageErr, in.Usage = errors.New("metrics.k8s.io: down"), nil },
			verdict{5, 5, nil,
				"Wants 5: active_users_per_pod has a smoothed total of 46 in 4 counted pods, 115 % of the target of 10 per pod, and asks for 5; " +
					"cpu cannot be read (metrics.k8s.io: down), which rules out scaling in."}},
		"a metric only the HPA knows": {46, func(in *Input) {
			in.HPA.Spec.Metrics = append(in.HPA.Spec.Metrics, autoscalingv2.MetricSpec{
				Type: autoscalingv2.ExternalMetricSourceType,
				External: &autoscalingv2.ExternalMetricSource{
					Metric: autoscalingv2.MetricIdentifier{Name: "queue"},
					Target: autoscalingv2.MetricTarget{Type: autoscalingv2.ValueMetricType, Value: ptr(resource.MustParse("7"))},
				},
			})
		}, verdict{5, nil, nil,
			"Is at 4, and wants what is only partly known: no proposal is known of queue (only the HPA reads external metrics); " +
				"active_users_per_pod asks for 5; cpu asks for 2."}},
	} {
		t.Run(name, func(t *testing.T) {
			in := scene(tc.smoothed, four...)
			if tc.change != nil {
				tc.change(in)
			}
			if diff := cmp.Diff(tc.want, verdictOf(Assemble(*in))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// scaled says that the HPA set its replicas that long ago.
func (in *Input) scaled(ago time.Duration) {
	at := metav1.NewTime(in.Now.Add(-ago))
	in.HPA.Status.LastScaleTime = &at
}

func TestStayingAndScalingIn(t *testing.T) {
	six := []value{fresh(5), fresh(5), fresh(5), fresh(5), fresh(5), fresh(5)}
	twoOut := []value{fresh(8), fresh(8), absent(sample.ReasonTimeout, ""), absent(sample.ReasonTimeout, "")}
	unread := []value{absent(sample.ReasonTimeout, ""), absent(sample.ReasonTimeout, ""), absent(sample.ReasonTimeout, "")}
	held := func(in *Input) { in.condition(autoscalingv2.AbleToScale, "ScaleDownStabilized", "") }
	for name, tc := range map[string]struct {
		smoothed float64
		values   []value
		change   func(*Input)
		want     verdict
	}{
		"inside the band": {33, []value{fresh(8), fresh(8), fresh(8), fresh(9)}, nil, verdict{4, 4, nil,
			"Stays at 4: active_users_per_pod has a smoothed total of 33 in 4 counted pods, 82.5 % of the target of 10 per pod, inside the " +
				"band of 70 % to 100 %; cpu asks for 2."}},
		"the window holds": {30, six, held, verdict{3, 6, []hpa.Limit{Stabilization, hpa.ScaleDownPolicy},
			"Stays at 6: it would go to 3, but the highest recommendation of the last 300 s holds (scale-in stabilisation); then at most 1 " +
				"pod per 15 s may be removed; active_users_per_pod has a smoothed total of 30 in 6 counted pods, 50 % of the target of 10 per " +
				"pod, and asks for 3; cpu asks for 2."}},
		"one step down": {34, []value{fresh(9), fresh(9), fresh(9), fresh(7), fresh(0)}, nil, verdict{4, 4, nil,
			"Wants 4, unless a recommendation of the last 300 s was higher: active_users_per_pod has a smoothed total of 34 in 5 counted " +
				"pods, 68 % of the target of 10 per pod, and asks for 4; cpu asks for 2."}},
		"down by one at a time": {30, six, nil, verdict{3, 5, []hpa.Limit{hpa.ScaleDownPolicy},
			"Goes to 5, not 3, unless a recommendation of the last 300 s was higher: at most 1 pod per 15 s may be removed; active_users_per_pod has a smoothed total of 30 in 6 counted pods, " +
				"50 % of the target of 10 per pod, and asks for 3; cpu asks for 2."}},
		"minimum": {5, six, func(in *Input) {
			in.HPA.Spec.MinReplicas = ptr(int32(6))
		}, verdict{2, 6, []hpa.Limit{hpa.MinReplicas},
			"Stays at 6, not 2: minReplicas is 6; cpu is at 20 %, 33.3 % of the target of 60 %, and asks for 2; " +
				"active_users_per_pod asks for 1."}},
		"missing pods prevent it": {11, twoOut, func(in *Input) { in.cpu(5) }, verdict{4, 4, nil,
			"Stays at 4: active_users_per_pod has a smoothed total of 11 in 2 counted pods, 55 % of the target of 10 per pod (2 of 4 pods " +
				"have no value [2 timeout] and count as if at their target, which makes it 77.5 %), inside the band of 70 % to 100 %; " +
				"cpu asks for 1."}},
		"all absent, the rest below": {0, unread, nil, verdict{1, 3, []hpa.Limit{InvalidMetric},
			"Can't scale in: active_users_per_pod cannot be read (3 pods match, none has a value younger than 15s: " +
				"3 timeout); without that it would go to 1."}},
		"nothing can be read": {0, unread, func(in *Input) { in.Usage = nil }, verdict{nil, 3, []hpa.Limit{InvalidMetric},
			"Can't scale: active_users_per_pod cannot be read (3 pods match, none has a value younger than 15s: " +
				"3 timeout); cpu cannot be read (metrics.k8s.io has no metrics of the pods)."}},
		"coverage below the minimum": {30, six, func(in *Input) {
			in.Values.Metrics[0].Coverage.Minimum = 0.8
			in.Values.Metrics[0].Withheld = &sample.NotFreshError{
				Metric: users, MaxAge: 15 * time.Second, Matched: 9, Expected: 9, Counted: 6, Minimum: 0.8,
				Causes: []sample.Cause{{Reason: "connection", Pods: 3}},
			}
		}, verdict{2, 6, []hpa.Limit{InvalidMetric},
			"Can't scale in: active_users_per_pod cannot be read (9 pods match, 6 of 9 expected ones have a value " +
				"younger than 15s, fewer than the minimum coverage of 0.8: 3 connection); without that it would go to 2."}},
		"a metric nobody serves": {33, []value{fresh(8), fresh(8), fresh(8), fresh(9)}, func(in *Input) {
			in.HPA.Spec.Metrics = append(in.HPA.Spec.Metrics, podsMetric("gpu_utilization_smoothed", "70"))
		}, verdict{4, 4, nil,
			"Stays at 4: active_users_per_pod has a smoothed total of 33 in 4 counted pods, 82.5 % of the target of 10 per pod, inside the " +
				"band of 70 % to 100 %; cpu asks for 2; gpu_utilization_smoothed cannot be read (the adapter serves no metric of that name), " +
				"which rules out scaling in."}},
	} {
		t.Run(name, func(t *testing.T) {
			in := scene(tc.smoothed, tc.values...)
			if tc.change != nil {
				tc.change(in)
			}
			if diff := cmp.Diff(tc.want, verdictOf(Assemble(*in))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestWithoutMetrics(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*Input)
		want   verdict
	}{
		"no target": {func(in *Input) {
			in.Scale, in.ScaleErr, in.Pods, in.Values = nil, errors.New("does not exist"), nil, nil
		}, verdict{nil, nil, nil, "Can't scale: its target Deployment workload does not exist."}},
		"no selector": {func(in *Input) { in.Scale.Status.Selector = "" },
			verdict{nil, nil, nil, "Can't scale: its target Deployment workload reports no selector of its pods."}},
		"paused": {func(in *Input) { in.Scale.Spec.Replicas = 0 }, verdict{nil, 0, []hpa.Limit{hpa.ScalingDisabled},
			"Does nothing: a target with 0 replicas switches the HPA off."}},
		"above the maximum": {func(in *Input) { in.HPA.Spec.MaxReplicas = 3 }, verdict{nil, 3, []hpa.Limit{hpa.MaxReplicas},
			"Goes to 3: it is at 4, and maxReplicas is 3."}},
		"below the minimum": {func(in *Input) { in.HPA.Spec.MinReplicas = ptr(int32(7)) }, verdict{nil, 7, []hpa.Limit{hpa.MinReplicas},
			"Goes to 7: it is at 4, and minReplicas is 7."}},
		"no metric of ours": {func(in *Input) {
			in.Values = nil
			in.HPA.Spec.Metrics = in.HPA.Spec.Metrics[1:]
			in.HPA.Spec.Metrics[0].Resource.Name = corev1.ResourceMemory
			in.HPA.Spec.Metrics[0].Resource.Target = autoscalingv2.MetricTarget{
				Type: autoscalingv2.AverageValueMetricType, AverageValue: ptr(resource.MustParse("50Mi")),
			}
		}, verdict{4, 4, nil, "Stays at 4: memory is at 48Mi, 96 % of the target of 50Mi, inside the band of 70 % to 100 %."}},
		"pods that the adapter does not know": {func(in *Input) { in.Values = nil }, verdict{2, nil, nil,
			"Is at 4, and wants what is only partly known: no proposal is known of active_users_per_pod (the adapter does not know the " +
				"HPA's pods (yet)); cpu asks for 2."}},
	} {
		t.Run(name, func(t *testing.T) {
			in := scene(33, fresh(8), fresh(8), fresh(8), fresh(9))
			tc.change(in)
			if diff := cmp.Diff(tc.want, verdictOf(Assemble(*in))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAnnotations(t *testing.T) {
	for name, tc := range map[string]struct {
		override smoothing.Override
		want     *Smoothing
	}{
		"none":    {},
		"good":    {smoothing.Override{Rise: ptr(20 * time.Second)}, &Smoothing{RiseHalfLifeSeconds: ptr(20.0)}},
		"at once": {smoothing.Override{Rise: ptr(time.Duration(0)), Fall: ptr(time.Duration(0))}, &Smoothing{RiseHalfLifeSeconds: ptr(0.0), FallHalfLifeSeconds: ptr(0.0)}},
		"bad":     {smoothing.Override{Problem: bad}, &Smoothing{Problem: bad}},
	} {
		in := scene(33, fresh(33))
		in.Values.Override = tc.override
		if diff := cmp.Diff(tc.want, Assemble(*in).Smoothing); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

// An HPA can ask for the values as measured, which are not smoothed.
func TestRawMetric(t *testing.T) {
	in := scene(46, fresh(12), fresh(11), fresh(12), fresh(12))
	in.HPA.Spec.Metrics = []autoscalingv2.MetricSpec{podsMetric("active_users_raw", "10")}
	got := verdictOf(Assemble(*in)).Sentence
	if want := "Wants 5: active_users_raw is at 11.75, 117.5 % of the target of 10, and asks for 5."; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestMetricLabelSelectorIsNotServed(t *testing.T) {
	in := scene(46, fresh(23), fresh(23))
	in.HPA.Spec.Metrics = in.HPA.Spec.Metrics[:1]
	in.HPA.Spec.Metrics[0].Pods.Metric.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"a": "b"}}
	m := Assemble(*in).Metrics[0]
	if m.Proposal != nil || !strings.Contains(m.Invalid, "label selectors") {
		t.Errorf("proposal %v, invalid %q", m.Proposal, m.Invalid)
	}
}

// What the pods' values are is in the report, and what is not known is absent.
func TestPodsOfAMetric(t *testing.T) {
	in := scene(22, fresh(10), value{sample.StateHeld, 12, 3 * time.Second, sample.ReasonStatus, "status 500"},
		value{sample.StateStale, 9, 20 * time.Second, sample.ReasonConnection, "refused"}, absent("", ""))
	in.Pods = append(in.Pods, pod("workload-new"))
	in.Values.Metrics[0].Pods = append(in.Values.Metrics[0].Pods, store.PodDescription{UID: "x", Name: "workload-old", State: sample.StateGone})
	want := []Pod{
		{Name: "workload-0", Part: PartCounted, State: sample.StateFresh, Expected: true, Raw: ptr(10.0), Share: ptr(10.0), AgeSeconds: ptr(0.4)},
		{Name: "workload-1", Part: PartCounted, State: sample.StateHeld, Expected: true, Raw: ptr(12.0), Share: ptr(12.0), AgeSeconds: ptr(3.0),
			Reason: "status", Detail: "status 500"},
		{Name: "workload-2", Part: PartMissing, State: sample.StateStale, Expected: true, Raw: ptr(9.0), AgeSeconds: ptr(20.0),
			Reason: "connection", Detail: "refused"},
		{Name: "workload-3", Part: PartMissing, State: sample.StateAbsent, Expected: true, Reason: "never had a value"},
		{Name: "workload-new", Part: PartMissing, Reason: "not known to the adapter yet"},
		{Name: "workload-old", State: sample.StateGone},
	}
	if diff := cmp.Diff(want, Assemble(*in).Metrics[0].Pods); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
