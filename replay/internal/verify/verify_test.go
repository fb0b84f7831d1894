package verify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"

	"userscale.dev/userscale/replay/internal/recording"
	"userscale.dev/userscale/replay/internal/simulate"
	"userscale.dev/userscale/replay/internal/timeline"
)

// moves are rescales as "2>4 at 30" says them.
func moves(t *testing.T, text string) (all []Rescale) {
	t.Helper()
	for part := range strings.SplitSeq(text, ", ") {
		var r Rescale
		if _, err := fmt.Sscanf(part, "%d>%d at %g", &r.From, &r.To, &r.T); part != "" && err != nil {
			t.Fatalf("%q: %v", part, err)
		} else if part != "" {
			all = append(all, r)
		}
	}
	return all
}

func TestRescales(t *testing.T) {
	for name, test := range map[string]struct {
		recorded, replayed string
		want               string // = for a pair, - for one that was only recorded, + for one that was only replayed
	}{
		"none":            {"", "", ""},
		"the same":        {"2>4 at 30, 4>6 at 45", "2>4 at 29.98, 4>6 at 45.01", "=="},
		"a period apart":  {"2>4 at 30, 4>3 at 300", "2>4 at 45, 4>3 at 285", "=="},
		"more than that":  {"2>4 at 30", "2>4 at 45.001", "-+"},
		"before it":       {"2>4 at 30", "2>4 at 14.999", "+-"},
		"another size":    {"2>4 at 30, 4>5 at 45", "2>3 at 30, 3>5 at 45", "-+-+"},
		"another start":   {"2>4 at 30", "3>4 at 30", "-+"},
		"one missing":     {"2>4 at 30, 4>6 at 45, 6>7 at 60", "2>4 at 30, 6>7 at 60", "=-="},
		"one too many":    {"2>4 at 30, 4>5 at 400", "2>4 at 30, 4>3 at 200, 3>4 at 215, 4>5 at 400", "=++="},
		"nothing at all":  {"2>4 at 30, 4>6 at 45", "", "--"},
		"only the replay": {"", "2>4 at 30", "+"},
	} {
		r := &recording.Recording{}
		for _, m := range moves(t, test.recorded) {
			r.Events = append(r.Events, recording.Event{T: m.T, Rescale: &recording.Rescale{From: m.From, To: m.To}})
		}
		replayed := &simulate.Replayed{}
		for _, m := range moves(t, test.replayed) {
			replayed.Decisions = append(replayed.Decisions, timeline.Decision{T: m.T, From: m.From, To: m.To})
		}
		got := ""
		result := Compare(r, replayed, 15*time.Second)
		for _, p := range result.Rescales {
			switch {
			case p.OK():
				got += "="
			case p.Recorded != nil:
				got += "-"
			default:
				got += "+"
			}
		}
		if got != test.want || result.OK() != (strings.Trim(test.want, "=") == "") {
			t.Errorf("%s: %q, ok %v, want %q", name, got, result.OK(), test.want)
		}
	}
}

// status has users per pod and the percentage of CPU; a negative one could not be had.
func status(users string, cpu int32) autoscalingv2.HorizontalPodAutoscalerStatus {
	average := resource.MustParse(users)
	s := autoscalingv2.HorizontalPodAutoscalerStatus{CurrentMetrics: []autoscalingv2.MetricStatus{
		{Pods: &autoscalingv2.PodsMetricStatus{Current: autoscalingv2.MetricValueStatus{AverageValue: &average}}}, {},
	}}
	if cpu >= 0 {
		s.CurrentMetrics[1].Resource = &autoscalingv2.ResourceMetricStatus{Current: autoscalingv2.MetricValueStatus{AverageUtilization: &cpu, AverageValue: &average}}
	}
	return s
}

func TestReadings(t *testing.T) {
	r, replayed := &recording.Recording{}, &simulate.Replayed{Metrics: []timeline.Metric{{Name: "users"}, {Name: "cpu", Unit: "%"}, {Name: "none"}}}
	for i, both := range [][2]autoscalingv2.HorizontalPodAutoscalerStatus{
		{status("10", 50), status("10002m", 50)},
		{status("10", 50), status("9500m", -1)},
		{status("10", -1), status("10100m", -1)},
		{status("10", -1), status("10", 40)},
		{{}, status("10", 50)}, // before the first pass that came to something
	} {
		r.Events = append(r.Events, recording.Event{T: float64(15 * i), Pass: &recording.Pass{Status: both[0]}})
		replayed.Statuses = append(replayed.Statuses, &both[1])
	}
	r.Events = append(r.Events, recording.Event{T: 75, Pass: &recording.Pass{Status: status("1", 50)}})
	replayed.Statuses = append(replayed.Statuses, nil) // there was no time for it
	want := []Reading{
		{Metric: replayed.Metrics[0], Both: 4, OneSided: 1, Largest: timeline.Known(-0.5), At: 15},
		{Metric: replayed.Metrics[1], Both: 1, OneSided: 3, Largest: timeline.Known(0), At: 0},
		{Metric: replayed.Metrics[2]},
	}
	for i, got := range Compare(r, replayed, 15*time.Second).Readings {
		if got != want[i] {
			t.Errorf("%+v, want %+v", got, want[i])
		}
	}
}
