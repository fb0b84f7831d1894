package simulate

import (
	"testing"
	"time"
)

// Whatever happens, these hold in every second.
func TestInvariants(t *testing.T) {
	for seed := range uint64(10) {
		c := everything(t)
		c.Seed = seed
		c.Pods.Start = time.Duration(seed*7) * time.Second
		c.Pods.Drain = time.Duration(seed%3*20) * time.Second
		c.Poisson = seed%2 == 0
		out := simulate(t, c)
		if len(out.Points) != len(c.Users) {
			t.Fatalf("seed %d: %d points of %d seconds", seed, len(out.Points), len(c.Users))
		}
		for i, p := range out.Points {
			switch {
			case int(p.T) != i, p.Served > p.Users+1e-9, p.Ready > p.Running, p.Started > p.Running,
				p.Desired < out.MinReplicas || p.Desired > out.MaxReplicas,
				!c.Poisson && p.Users != c.Users[i]:
				t.Fatalf("seed %d: %+v", seed, p)
			}
		}
		for i, d := range out.Decisions {
			if i > 0 && d.From != out.Decisions[i-1].To || d.From == d.To || d.Reason == "" || len(d.Metrics) != 3 {
				t.Fatalf("seed %d, decision %d: %+v", seed, i, d)
			}
			most := int32(0) // the controller takes the largest proposal, and what holds it back takes it nearer to what was
			for _, p := range d.Metrics {
				if p.Replicas != nil {
					most = max(most, *p.Replicas)
				}
			}
			if d.To > d.From && most < d.To || d.To < d.From && most > d.To {
				t.Errorf("seed %d, decision %d: %d→%d of at most %d proposed", seed, i, d.From, d.To, most)
			}
		}
	}
}
