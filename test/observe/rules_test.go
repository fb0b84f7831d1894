package observe

import "testing"

func metrics(users, gpu, cpu float64) map[string]Metric {
	return map[string]Metric{Users: {Users, users, 10}, GPU: {GPU, gpu, 70}, CPU: {CPU, cpu, 60}}
}

func TestScaledBy(t *testing.T) {
	byUsers := Rescale{From: 2, To: 4, Reason: "pods metric active_users_per_pod above target", Metrics: metrics(23, 5, 10)}
	in := Rescale{From: 4, To: 3, Reason: "All metrics below target", Metrics: metrics(3, 0, 0)}
	for name, c := range map[string]struct {
		rescales []Rescale
		want     bool
	}{
		"by users":                  {[]Rescale{byUsers}, true},
		"a scale-in does not count": {[]Rescale{in, byUsers}, true},
		"no scale-out at all":       {[]Rescale{in}, false},
		"another metric above too":  {[]Rescale{{From: 2, To: 4, Reason: byUsers.Reason, Metrics: metrics(23, 80, 10)}}, false},
		"another reason":            {[]Rescale{{From: 2, To: 4, Reason: "cpu resource utilization above target", Metrics: metrics(23, 5, 10)}}, false},
		"the metric was not read":   {[]Rescale{{From: 2, To: 4, Reason: byUsers.Reason, Metrics: map[string]Metric{}}}, false},
		"the metric is not above":   {[]Rescale{{From: 2, To: 4, Reason: byUsers.Reason, Metrics: metrics(9, 5, 10)}}, false},
	} {
		if seen, got := ScaledBy(c.rescales, Users); got != c.want {
			t.Errorf("%s: %v (%s), want %v", name, got, seen, c.want)
		}
	}
}

func TestStepsWithin(t *testing.T) {
	for _, c := range []struct {
		from, to int32
		want     bool
	}{{2, 4, true}, {2, 5, false}, {5, 4, true}, {5, 3, false}} {
		if seen, got := StepsWithin([]Rescale{{From: c.from, To: c.to}}, 2, 1); got != c.want {
			t.Errorf("%d→%d: %v (%s), want %v", c.from, c.to, got, seen, c.want)
		}
	}
}

func TestBelowBands(t *testing.T) {
	for name, c := range map[string]struct {
		rescales []Rescale
		want     bool
	}{
		"all below":           {[]Rescale{{From: 4, To: 2, Metrics: metrics(6.9, 0, 10)}}, true},
		"one above":           {[]Rescale{{From: 4, To: 2, Metrics: metrics(6.9, 50, 10)}}, false},
		"no scale-in":         {[]Rescale{{From: 2, To: 4, Metrics: metrics(20, 0, 10)}}, false},
		"second one too soon": {[]Rescale{{From: 4, To: 2, Metrics: metrics(1, 0, 0)}, {From: 3, To: 2, Metrics: metrics(8, 0, 0)}}, false},
	} {
		if seen, got := BelowBands(c.rescales, 0.7); got != c.want {
			t.Errorf("%s: %v (%s), want %v", name, got, seen, c.want)
		}
	}
}
