package observe

import (
	"testing"
	"time"

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
	if _, ok := Explained(nil, nil); ok {
		t.Error("no rescale is ok")
	}
}
