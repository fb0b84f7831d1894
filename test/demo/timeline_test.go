package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"userscale.dev/userscale/test/observe"
)

// shortRun is a run of three seconds in which the GPU was not served at first.
func shortRun(began time.Time) ([]observe.Observation, []mark) {
	var observations []observe.Observation
	for i := range 3 {
		o := observe.Observation{
			Time: began.Add(time.Duration(i) * time.Second), Current: 2, Desired: 2, Ready: int32(i),
			Metrics: map[string]observe.Metric{observe.Users: {Name: observe.Users, Average: 5, Target: 10}},
			Raw:     map[string]float64{observe.Users: 10}, Smoothed: map[string]float64{observe.Users: 9.5},
		}
		if i == 2 {
			o.Raw[observe.GPU], o.Smoothed[observe.GPU] = 0, 0
		}
		observations = append(observations, o)
	}
	return observations, []mark{{began, "steady", "nothing moves"}, {began.Add(2 * time.Second), "gpu", "more pods"}}
}

// A value that was not served is an empty cell, one that was 0 is 0.
func TestCSVAbsentIsNotZero(t *testing.T) {
	dir, began := t.TempDir(), time.Unix(1000, 0)
	observations, marks := shortRun(began)
	if err := writeCSV(dir, began, observations, marks); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(filepath.Join(dir, "timeline.csv"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"t_seconds,phase,users_raw,users_smoothed,users_per_pod,gpu_raw_percent,gpu_smoothed_percent,gpu_per_pod_percent,cpu_percent,replicas_current,replicas_desired,replicas_ready,hpa_reason",
		"0.0,steady,10.0,9.5,5.0,,,,,2,2,0,",
		"1.0,steady,10.0,9.5,5.0,,,,,2,2,1,",
		"2.0,gpu,10.0,9.5,5.0,0.0,0.0,,,2,2,2,",
	}
	if got := strings.TrimSpace(string(body)); got != strings.Join(want, "\n") {
		t.Errorf("the timeline is\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}
