package simulate

import (
	"testing"
	"time"

	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/timeline"
)

// shipped is a replay of the shipped policy with a pod start of 20 s.
func shipped(t *testing.T, users []float64) Config {
	t.Helper()
	p, err := policy.Load("../../../manifests/base/workload/hpa.yaml", "../../../manifests/base/adapter/adapter.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := Defaults()
	c.Policy, c.Users = p, users
	c.Pods.Start = 20 * time.Second
	return c
}

// hold is so many users for so many seconds.
func hold(users float64, seconds int) []float64 {
	all := make([]float64, seconds)
	for i := range all {
		all[i] = users
	}
	return all
}

func then(parts ...[]float64) (all []float64) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func simulate(t *testing.T, c Config) *timeline.Timeline {
	t.Helper()
	out, err := Run(t.Context(), t, c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// 20 users are exactly two targets, for which there are two pods. With 60 the total rises by half of what is missing every 10 s, so that
// within 15 s it is between 20 and 46: three, four or five pods, of which the step allows four; 15 s later six.
func TestStep(t *testing.T) {
	out := simulate(t, shipped(t, then(hold(20, 300), hold(60, 300))))
	if n := len(out.Decisions); n < 2 {
		t.Fatalf("%d decisions: %+v", n, out.Decisions)
	}
	last := out.Decisions[len(out.Decisions)-1]
	if last.To != 6 || last.T > 360 || last.Reason != "pods metric active_users_per_pod above target" {
		t.Errorf("ends with %+v", last)
	}
	for _, d := range out.Decisions {
		if d.To <= d.From || d.To > d.From+2 || d.T < 300 {
			t.Errorf("decision %+v", d)
		}
	}
}
