package observe

import (
	"testing"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"

	"userscale.dev/userscale/pkg/explain"
	"userscale.dev/userscale/pkg/hpa"
)

func TestExplained(t *testing.T) {
	at := time.Unix(1000, 0)
	report := func(after time.Duration, current, recommended, next int32, limits ...explain.Limit) explain.Report {
		return explain.Report{Time: at.Add(after), Limits: limits,
			Replicas: explain.Replicas{Current: &current, Recommended: &recommended, Next: &next}}
	}
	step := explain.Limit{Name: hpa.ScaleUpPolicy}
	held := explain.Limit{Name: explain.Stabilization}
	for name, c := range map[string]struct {
		from, to int32
		reports  []explain.Report
		want     bool
	}{
		"foreseen":                      {2, 4, []explain.Report{report(-time.Second, 2, 4, 4)}, true},
		"one of several":                {2, 4, []explain.Report{report(-2*time.Second, 2, 3, 3), report(time.Second, 2, 4, 4)}, true},
		"by its step limit":             {2, 4, []explain.Report{report(0, 2, 9, 4, step)}, true},
		"in, after a window":            {6, 4, []explain.Report{report(-time.Second, 6, 3, 6, held)}, true},
		"beyond the recommendation":     {6, 2, []explain.Report{report(-time.Second, 6, 3, 6, held)}, false},
		"in another direction":          {6, 7, []explain.Report{report(-time.Second, 6, 3, 6, held)}, false},
		"another size, without a limit": {2, 4, []explain.Report{report(0, 2, 3, 3)}, false},
		"of another size":               {2, 4, []explain.Report{report(0, 4, 4, 4)}, false},
		"too early":                     {2, 4, []explain.Report{report(-4*time.Second, 2, 4, 4)}, false},
		"none":                          {2, 4, nil, false},
	} {
		if seen, got := Explained([]Rescale{{Time: at, From: c.from, To: c.to}}, c.reports); got != c.want {
			t.Errorf("%s: %v (%s), want %v", name, got, seen, c.want)
		}
	}
	with := func(r explain.Report, total float64) explain.Report {
		target := resource.MustParse("10")
		r.Metrics = []explain.Metric{{
			Target: autoscalingv2.MetricTarget{AverageValue: &target}, Tolerance: explain.Tolerance{Down: 0.3}, Total: &explain.Total{Smoothed: &total},
		}}
		return r
	}
	for name, c := range map[string]struct {
		from, to int32
		reports  []explain.Report
		want     bool
	}{
		"out":                      {2, 3, []explain.Report{with(report(-time.Second, 2, 2, 2), 19.5), with(report(0, 3, 3, 3), 20.5)}, true},
		"out by two":               {2, 4, []explain.Report{with(report(-time.Second, 2, 3, 3), 29.5), with(report(0, 4, 4, 4), 30.5)}, true},
		"out without reason":       {2, 3, []explain.Report{with(report(-time.Second, 2, 2, 2), 19.5), with(report(0, 3, 3, 3), 19.9)}, false},
		"out too far":              {2, 4, []explain.Report{with(report(-time.Second, 2, 2, 2), 19.5), with(report(0, 4, 4, 4), 20.5)}, false},
		"in":                       {4, 3, []explain.Report{with(report(-time.Second, 4, 4, 4), 28.2), with(report(0, 3, 3, 3), 27.8)}, true},
		"in inside the band":       {4, 3, []explain.Report{with(report(-time.Second, 4, 4, 4), 29.2), with(report(0, 3, 3, 3), 28.8)}, false},
		"of an old explanation":    {2, 3, []explain.Report{with(report(-5*time.Second, 2, 2, 2), 19.5), with(report(0, 3, 3, 3), 20.5)}, false},
		"nothing before":           {2, 3, []explain.Report{with(report(0, 3, 3, 3), 20.5)}, false},
		"nothing after, or no sum": {2, 3, []explain.Report{with(report(-time.Second, 2, 2, 2), 19.5), report(0, 3, 3, 3)}, false},
	} {
		if seen, got := Explained([]Rescale{{Time: at, From: c.from, To: c.to}}, c.reports); got != c.want {
			t.Errorf("crossing, %s: %v (%s), want %v", name, got, seen, c.want)
		}
	}
	if _, ok := Explained(nil, nil); ok {
		t.Error("no rescale is ok")
	}
}
