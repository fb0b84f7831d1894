package explain

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// scenes are what testdata/text shows.
func scenes() map[string]func() []*Input {
	return map[string]func() []*Input{
		"timeout":    func() []*Input { return []*Input{timeouts()} },
		"stabilised": func() []*Input { return []*Input{stabilised()} },
		"not-known":  func() []*Input { return []*Input{external()} },
		"all-absent": func() []*Input { return []*Input{allAbsent()} },
		"several":    func() []*Input { return []*Input{paused(), targetless()} },
		"annotations": func() []*Input {
			return []*Input{annotated(smoothing.Override{Problem: bad}), annotated(smoothing.Override{Fall: ptr(2 * time.Minute)})}
		},
		"notes": func() []*Input { return []*Input{noted()} },
	}
}

// timeouts is a workload of which two pods do not answer any more: the rest alone would scale in.
func timeouts() *Input {
	timeout := func(state sample.State, users float64, age time.Duration) value {
		return value{state, users, age, sample.ReasonTimeout, `Get "http://10.88.0.7:8000/metrics": context deadline exceeded`}
	}
	in := scene(16.5, fresh(6), fresh(5), timeout(sample.StateHeld, 5.5, 4200*time.Millisecond), timeout(sample.StateStale, 6, 21*time.Second),
		timeout(sample.StateStale, 4, 19*time.Second))
	in.cpu(25)
	in.condition(autoscalingv2.AbleToScale, "ReadyForNewScale", "recommended size matches current size")
	in.condition(autoscalingv2.ScalingActive, "ValidMetricFound",
		"the HPA was able to successfully calculate a replica count from pods metric active_users_per_pod")
	in.condition(autoscalingv2.ScalingLimited, "DesiredWithinRange", "the desired count is within the acceptable range")
	return in
}

func stabilised() *Input {
	in := scene(30, fresh(5), fresh(5), fresh(5), fresh(5), fresh(5), fresh(5))
	in.condition(autoscalingv2.AbleToScale, "ScaleDownStabilized",
		"recent recommendations were higher than current one, applying the highest recent recommendation")
	return in
}

func external() *Input {
	in := scene(30, fresh(15), fresh(15))
	in.HPA.Spec.Metrics = append(in.HPA.Spec.Metrics, autoscalingv2.MetricSpec{
		Type: autoscalingv2.ExternalMetricSourceType,
		External: &autoscalingv2.ExternalMetricSource{
			Metric: autoscalingv2.MetricIdentifier{Name: "queue"},
			Target: autoscalingv2.MetricTarget{Type: autoscalingv2.ValueMetricType, Value: ptr(resource.MustParse("7"))},
		},
	})
	in.HPA.Status.CurrentMetrics = []autoscalingv2.MetricStatus{{}, {}, {
		Type: autoscalingv2.ExternalMetricSourceType,
		External: &autoscalingv2.ExternalMetricStatus{
			Metric: autoscalingv2.MetricIdentifier{Name: "queue"}, Current: autoscalingv2.MetricValueStatus{Value: ptr(resource.MustParse("5500m"))},
		},
	}}
	return in
}

func allAbsent() *Input {
	in := scene(0, absent(sample.ReasonConnection, "dial tcp 10.88.0.7:8000: connect: connection refused"),
		absent(sample.ReasonMalformed, "JSON: unexpected end"), absent(sample.ReasonNotScraped, ""))
	in.Usage = nil
	return in
}

func paused() *Input {
	in := scene(0)
	in.HPA.Name = "paused"
	return in
}

func targetless() *Input {
	in := scene(0)
	in.HPA.Name, in.Scale, in.Values = "targetless", nil, nil
	in.ScaleErr = errString("does not exist")
	return in
}

type errString string

func (e errString) Error() string { return string(e) }

const bad = `userscale.dev/fall-half-life: "soon" is not a duration of 0s or more, such as 10s`

func annotated(o smoothing.Override) *Input {
	in := scene(30, fresh(15), fresh(15))
	in.Values.Override = o
	return in
}

// noted has a value of which there is something to say, one of which there is not, and one that is held, with why it is.
func noted() *Input {
	in := scene(30, fresh(10), fresh(10), value{sample.StateHeld, 10, 4 * time.Second, sample.ReasonTimeout, "no answer in 800ms"})
	pods := in.Values.Metrics[0].Pods
	pods[0].Note, pods[2].Note = "average of 2 GPUs", "maximum of 2 GPUs"
	return in
}

// The text of each scene; go test ./pkg/explain -rewrite writes it anew.
func TestText(t *testing.T) {
	datadriven.RunTest(t, "testdata/text", func(t *testing.T, d *datadriven.TestData) string {
		inputs, ok := scenes()[d.Cmd]
		if !ok {
			t.Fatalf("no scene %s", d.Cmd)
		}
		return text(t, inputs())
	})
}

func text(t *testing.T, inputs []*Input) string {
	t.Helper()
	var list List
	for _, in := range inputs {
		list.Items = append(list.Items, Assemble(*in))
	}
	var b strings.Builder
	if err := Write(&b, list); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") {
			t.Errorf("blanks at the end of %q", line)
		}
	}
	return b.String()
}

// The documentation's example is one of the scenes.
func TestDocumentedExample(t *testing.T) {
	doc, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := text(t, scenes()["timeout"]()); !strings.Contains(string(doc), want) {
		t.Errorf("docs/operations.md does not have the example as it is now:\n%s", want)
	}
}
