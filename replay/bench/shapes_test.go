package main

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/stat"
)

// Shapes are the same each time, last as long as they say, come to the peak and never below 0.
func TestShapes(t *testing.T) {
	again := shapes()
	for i, l := range shapes() {
		if diff := cmp.Diff(l.users, again[i].users); diff != "" {
			t.Errorf("%s: another load the second time", l.name)
		}
		if l.recorded || l.trace || len(l.users)%3600 != 0 || len(l.users) == 0 {
			t.Errorf("%s: %d seconds, recorded %v, of a trace %v", l.name, len(l.users), l.recorded, l.trace)
		}
		least, most := math.Inf(1), 0.0
		for _, u := range scaled(l.users) {
			least, most = min(least, u), max(most, u)
		}
		if math.Abs(most-peak) > 1e-9 || least < 0 {
			t.Errorf("%s: from %g to %g users", l.name, least, most)
		}
	}
}

// Each shape is of its kind.
func TestShapesAreWhatTheyAreCalled(t *testing.T) {
	of := map[string][]float64{}
	for _, l := range shapes() {
		of[l.name] = l.users
	}
	if crowd := of["flash crowd"]; crowd[599] != 20 || crowd[660] != 100 || math.Abs(crowd[660+480]-60) > 1 {
		t.Errorf("flash crowd: %g, a minute later %g, a half-life later %g", crowd[599], crowd[660], crowd[660+480])
	}
	if saw := of["jobs each 10 min"]; saw[599] != 10 || saw[600] != 100 || saw[800] != 55 {
		t.Errorf("jobs: %g, %g, %g", saw[599], saw[600], saw[800])
	}
	if up := of["ramp"]; up[0] != 10 || up[720] != 55 || up[1800] != 100 || math.Abs(up[2880]-55) > 1e-9 {
		t.Errorf("ramp: %g, %g, %g, %g", up[0], up[720], up[1800], up[2880])
	}
	if step := of["steps"]; step[300] == step[299] || step[599] != step[300] {
		t.Errorf("steps: %g, %g, %g", step[299], step[300], step[599])
	}
	if d := of["day in two hours"]; !(d[13*300] < d[21*150] && d[13*300] < d[31*150]) {
		t.Errorf("day: %g at lunch, %g and %g about it", d[13*300], d[21*150], d[31*150])
	}
	// Over an hour the mean of the walk is known within 20·√(2·180/3600) ≈ 6; neighbours are much alike, values a quarter of an hour apart are not.
	walk := of["random walk"]
	if mean, deviation := stat.MeanStdDev(walk, nil); math.Abs(mean-50) > 15 || math.Abs(deviation-20) > 8 {
		t.Errorf("random walk: mean %.1f, standard deviation %.1f", mean, deviation)
	}
	if r := correlation(walk, 1); r < 0.98 {
		t.Errorf("random walk: neighbours correlate by %.3f", r)
	}
	if r := correlation(walk, 900); math.Abs(r) > 0.6 {
		t.Errorf("random walk: values 900 s apart correlate by %.3f", r)
	}
}

// correlation is that of values so many seconds apart.
func correlation(users []float64, lag int) float64 {
	return stat.Correlation(users[lag:], users[:len(users)-lag], nil)
}
