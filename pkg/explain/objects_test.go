package explain

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"

	"userscale.dev/userscale/pkg/hpa"
	"userscale.dev/userscale/pkg/sample"
)

func TestObjectMetric(t *testing.T) {
	forty := autoscalingv2.MetricTarget{Type: autoscalingv2.ValueMetricType, Value: ptr(resource.MustParse("40"))}
	for name, tc := range map[string]struct {
		target autoscalingv2.MetricTarget
		values []value
		change func(*Input)
		want   verdict
	}{
		"average value": {averageValue("10"), fourPods(), nil, verdict{5, 5, nil,
			"Wants 5: active_users_total_smoothed of Service web has a smoothed total of 46 in 4 counted pods, 115 % of the target of 10 per " +
				"replica, and asks for 5."}},
		"value": {forty, fourPods(), nil, verdict{5, 5, nil,
			"Wants 5: active_users_total_smoothed of Service web has a smoothed total of 46 in 4 counted pods, 115 % of the target of 40, and asks for 5."}},
		"inside the band": {averageValue("14"), fourPods(), nil, verdict{4, 4, nil,
			"Stays at 4: active_users_total_smoothed of Service web has a smoothed total of 46 in 4 counted pods, 82.1 % of the target of 14 per " +
				"replica, inside the band of 70 % to 100 %."}},
		"too few replicas running": {averageValue("10"), fourPods(), func(in *Input) { in.Scale.Status.Replicas = 2 }, verdict{5, 5, nil,
			"Wants 5: active_users_total_smoothed of Service web has a smoothed total of 46 in 4 counted pods, 230 % of the target of 10 per " +
				"replica, and asks for 5."}},
		"no replica running": {averageValue("10"), fourPods(), func(in *Input) { in.Scale.Status.Replicas = 0 }, verdict{5, 5, nil,
			"Wants 5: active_users_total_smoothed of Service web has a smoothed total of 46 in 4 counted pods, 460 % of the target of 10 per " +
				"replica, and asks for 5."}},
		"nothing counted": {averageValue("10"), []value{absent(sample.ReasonTimeout, ""), absent(sample.ReasonTimeout, "")}, nil,
			verdict{nil, 2, []hpa.Limit{InvalidMetric},
				"Can't scale: active_users_total_smoothed of Service web cannot be read (2 pods match, none has a value younger than 15s: 2 timeout)."}},
		"no such object": {averageValue("10"), fourPods(), func(in *Input) { in.Objects[0] = Object{Err: sample.ErrNoObject} },
			verdict{nil, 4, []hpa.Limit{InvalidMetric}, "Can't scale: active_users_total_smoothed of Service web cannot be read (no such object)."}},
		"a metric of pods": {averageValue("10"), fourPods(), func(in *Input) { in.HPA.Spec.Metrics[0].Object.Metric.Name = users },
			verdict{nil, 4, []hpa.Limit{InvalidMetric},
				"Can't scale: active_users_per_pod of Service web cannot be read (the adapter serves no metric of objects of that name)."}},
		"a metric selector": {averageValue("10"), fourPods(), func(in *Input) {
			in.HPA.Spec.Metrics[0].Object.Metric.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"a": "b"}}
		}, verdict{nil, 4, []hpa.Limit{InvalidMetric},
			"Can't scale: active_users_total_smoothed of Service web cannot be read (the adapter does not support metric label selectors)."}},
		"no target": {autoscalingv2.MetricTarget{}, fourPods(), nil, verdict{nil, 4, []hpa.Limit{InvalidMetric},
			"Can't scale: active_users_total_smoothed of Service web cannot be read (its target has neither a value nor an averageValue)."}},
	} {
		t.Run(name, func(t *testing.T) {
			in := scene(46, tc.values...)
			in.object(tc.target)
			if tc.change != nil {
				tc.change(in)
			}
			if diff := cmp.Diff(tc.want, verdictOf(Assemble(*in))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func fourPods() []value { return []value{fresh(12), fresh(11), fresh(12), fresh(11)} }

func TestObjectInText(t *testing.T) {
	in := scene(46, fourPods()...)
	in.object(averageValue("10"))
	in.Pods = append(in.Pods, pod("elsewhere")) // of the HPA's pods, and not selected by the Service
	var b strings.Builder
	if err := Write(&b, List{Items: []Report{Assemble(*in)}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"  active_users_total_smoothed of Service web  10      11.5   115 %      70 % to 100 %  -     5 (wins)\n",
		"  active_users_total_smoothed of Service web: raw total 46, smoothed 46 (half-life 10 s up, 60 s down); 4 of 4 expected\n",
		"  workload-3  -     fresh  11   11.000  0.4 s\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s\nhas no %q", b.String(), want)
		}
	}
	if strings.Contains(b.String(), "elsewhere") {
		t.Errorf("%s\nlists a pod that the Service does not select", b.String())
	}
}

// TestExplainerReadsObjects shows that the values are those of the pods that the object selects, by the kind that the HPA names.
func TestExplainerReadsObjects(t *testing.T) {
	for apiVersion, want := range map[string]string{
		"v1":   "has a smoothed total of 28 in 2 counted pods",
		"":     "has a smoothed total of 28 in 2 counted pods",
		"x/v1": "cannot be read (no such object: workload)",
	} {
		client, e := cluster(t)
		client.PrependReactor("list", "horizontalpodautoscalers", func(clienttesting.Action) (bool, runtime.Object, error) {
			in := Input{HPA: shipped(2)}
			in.object(averageValue("10"))
			in.HPA.Spec.Metrics[0].Object.DescribedObject = autoscalingv2.CrossVersionObjectReference{APIVersion: apiVersion, Kind: "Service", Name: "workload"}
			return true, &autoscalingv2.HorizontalPodAutoscalerList{Items: []autoscalingv2.HorizontalPodAutoscaler{*in.HPA}}, nil
		})
		list, err := e.Explain(t.Context(), "userscale", "workload")
		if err != nil {
			t.Fatal(err)
		}
		if got := list.Items[0].Sentence; !strings.Contains(got, "active_users_total_smoothed of Service workload "+want) {
			t.Errorf("apiVersion %q: %s", apiVersion, got)
		}
	}
}
