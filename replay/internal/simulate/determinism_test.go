package simulate

import (
	"encoding/json"
	"sync"
	"testing"
	"time"
)

// everything is a short replay in which all happens that can.
func everything(t *testing.T) Config {
	t.Helper()
	c := shipped(t, then(hold(35, 600), hold(80, 900), hold(15, 1500)))
	hpa := c.Policy.HPA
	hpa.Spec.Metrics = append(hpa.Spec.Metrics, podsMetric("gpu_utilization_smoothed", "70"))
	c.Policy = policyOf(t, hpa, "../../../manifests/components/gpu-exporters/adapter.yaml")
	c.Poisson, c.Scrapes.Loss, c.Seed = true, 0.05, 7
	c.RollingUpdate, c.AdapterRestart, c.AdapterOutage = 10*time.Minute, 20*time.Minute, 40*time.Second
	return c
}

// Runs at the same time share the process with each other, and see the goroutines of each scheduled in other orders.
func TestSameSeedSameRun(t *testing.T) {
	c := everything(t)
	runs := make([]string, 8)
	var all sync.WaitGroup
	for i := range runs {
		all.Go(func() {
			out, err := Run(t.Context(), t, c)
			if err != nil {
				t.Error(err)
			}
			text, err := json.Marshal(out)
			if err != nil {
				t.Error(err)
			}
			runs[i] = string(text)
		})
	}
	all.Wait()
	for i, text := range runs {
		if text != runs[0] {
			t.Errorf("run %d differs from the first: %d and %d bytes", i, len(text), len(runs[0]))
		}
	}
	c.Seed++
	other, err := json.Marshal(simulate(t, c))
	if err != nil || string(other) == runs[0] {
		t.Errorf("another seed gives the same run, or %v", err)
	}
}
