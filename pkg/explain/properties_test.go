package explain

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"userscale.dev/userscale/pkg/sample"
)

// drawInput is any HPA on up to eight pods in any state.
func drawInput(t *rapid.T) *Input {
	values := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) value {
		v := value{
			state: rapid.SampledFrom([]sample.State{
				sample.StateFresh, sample.StateFresh, sample.StateHeld, sample.StateStale, sample.StateAbsent, sample.StateDeparting,
			}).Draw(t, "state"),
			reason: rapid.SampledFrom([]sample.Reason{"", sample.ReasonTimeout}).Draw(t, "reason"),
		}
		if v.state != sample.StateAbsent {
			v.users, v.age = rapid.Float64Range(0, 40).Draw(t, "users"), time.Second
		}
		return v
	}), 0, 8).Draw(t, "values")
	in := scene(rapid.Float64Range(0, 200).Draw(t, "smoothed"), values...)
	in.Scale.Spec.Replicas = rapid.Int32Range(0, 12).Draw(t, "replicas")
	in.HPA.Spec.MaxReplicas = rapid.Int32Range(2, 12).Draw(t, "max")
	in.HPA.Status.DesiredReplicas = rapid.Int32Range(0, 12).Draw(t, "desired")
	if len(in.Pods) > 0 {
		in.Pods[0].Status.Phase = rapid.SampledFrom([]corev1.PodPhase{corev1.PodRunning, corev1.PodPending, corev1.PodFailed}).Draw(t, "phase")
	}
	in.cpu(rapid.Int64Range(0, 200).Draw(t, "cpu"))
	if len(in.Usage) > 0 && rapid.Bool().Draw(t, "a pod without usage") {
		in.Usage = in.Usage[1:]
	}
	drawCircumstances(t, in)
	return in
}

func drawCircumstances(t *rapid.T, in *Input) {
	yes := func(label string) bool { return rapid.IntRange(0, 4).Draw(t, label) == 0 }
	if yes("no behavior") {
		in.HPA.Spec.Behavior = nil
	}
	if yes("usage unreadable") {
		in.Usage, in.UsageErr = nil, errors.New("down")
	}
	if yes("unknown pods") {
		in.Values = nil
	}
	if yes("no target") {
		in.Scale, in.ScaleErr = nil, errors.New("does not exist")
	}
	if yes("scaled") {
		in.scaled(time.Duration(rapid.IntRange(0, 20).Draw(t, "ago")) * time.Second)
	}
	in.condition(autoscalingv2.AbleToScale, rapid.SampledFrom([]string{"ReadyForNewScale", "ScaleDownStabilized", "ScaleUpStabilized"}).Draw(t, "able"), "")
	first := rapid.IntRange(0, 1).Draw(t, "metrics")
	in.HPA.Spec.Metrics = in.HPA.Spec.Metrics[first:]
	if yes("an object") && in.Values != nil && in.Scale != nil {
		in.object(averageValue("10"))
		if yes("with a value") {
			in.object(autoscalingv2.MetricTarget{Type: autoscalingv2.ValueMetricType, Value: ptr(resource.MustParse("40"))})
		}
		in.Scale.Status.Replicas = rapid.Int32Range(0, 12).Draw(t, "running")
		if yes("that is not there") {
			in.Objects[0] = Object{Err: sample.ErrNoObject}
		}
	}
	if yes("a selector of series") && in.HPA.Spec.Metrics[0].Pods != nil {
		in.HPA.Spec.Metrics[0].Pods.Metric.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"a": "b"}}
	}
}

// Whatever there is, there is one sentence that agrees with the numbers, and the report goes through JSON unharmed.
func TestEveryReportIsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		r := Assemble(*in)
		if r.Sentence == "" || !strings.HasSuffix(r.Sentence, ".") || strings.Contains(r.Sentence, "\n") {
			t.Fatalf("sentence %q", r.Sentence)
		}
		checkCounts(t, r)
		body, err := json.Marshal(List{Items: []Report{r}})
		if err != nil {
			t.Fatalf("marshal: %v", err)
		}
		var again List
		if err := json.Unmarshal(body, &again); err != nil {
			t.Fatalf("unmarshal: %v", err)
		}
		var here, there strings.Builder
		if err := errors.Join(Write(&here, List{Items: []Report{r}}), Write(&there, again)); err != nil {
			t.Fatal(err)
		}
		if here.String() != there.String() {
			t.Fatalf("text after JSON:\n%s\nwant\n%s", there.String(), here.String())
		}
	})
}

func checkCounts(t *rapid.T, r Report) {
	n := r.Replicas
	if n.Current == nil || n.Next == nil {
		if strings.HasPrefix(r.Sentence, "Wants") || strings.HasPrefix(r.Sentence, "Goes") {
			t.Fatalf("it is not known what comes next, and the sentence says %q", r.Sentence)
		}
		return
	}
	if *n.Next != 0 && *n.Current != 0 && (*n.Next < n.Min || *n.Next > n.Max) {
		t.Fatalf("next %d is not in %d to %d", *n.Next, n.Min, n.Max)
	}
	if n.Recommended != nil && *n.Recommended != *n.Next && len(r.Limits) == 0 {
		t.Fatalf("recommended %d, next %d, and no limit is named", *n.Recommended, *n.Next)
	}
	stays := *n.Next == *n.Current
	if said := strings.HasPrefix(r.Sentence, "Wants") || strings.HasPrefix(r.Sentence, "Goes"); said == stays {
		t.Fatalf("now %d, next %d, and the sentence says %q", *n.Current, *n.Next, r.Sentence)
	}
	wins := 0
	for _, m := range r.Metrics {
		if m.Wins {
			wins++
		}
		if m.Wins && m.Proposal.Replicas != *n.Recommended || m.Proposal != nil && m.Proposal.Replicas > *n.Recommended {
			t.Fatalf("metric %s asks for %d, recommended %d", m.Name, m.Proposal.Replicas, *n.Recommended)
		}
		if (m.Proposal != nil) == (m.Invalid != "" || m.Unknown != "") {
			t.Fatalf("metric %s: proposal %v, invalid %q, unknown %q", m.Name, m.Proposal, m.Invalid, m.Unknown)
		}
	}
	if want := n.Recommended != nil && !r.limited(InvalidMetric); (wins == 1) != want {
		t.Fatalf("%d metrics win, recommended %v", wins, n.Recommended)
	}
}
