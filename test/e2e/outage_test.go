package e2e

import (
	"context"
	"testing"
	"time"

	"userscale.dev/userscale/test/observe"
)

// TestOutage takes Prometheus away for a minute while users come. Their metric, which the pods give themselves, scales out as ever; the
// GPU's is held, then absent, and nothing scales in for want of it.
func TestOutage(t *testing.T) {
	const outage = time.Minute // longer than this overlay's maxAge
	deploy(t, "gpu-outage")
	w := newWorkload(t, settings{min: 2, max: 6, window: 0, stepDown: 10, gpu: true})
	w.start(t, "users", 16)
	w.until(t, 2*time.Minute, "the smoothed total to reach the load", func(o observe.Observation) bool { return o.Smoothed[observe.Users] > 15 })
	pause(t, sync)

	stopPrometheus(t)
	began := time.Now()
	w.start(t, "more", 10) // 26 users want 3 pods
	w.until(t, outage, "a third pod", func(o observe.Observation) bool { return o.Ready == 3 })
	pause(t, outage-time.Since(began))
	w.wantHeldThenAbsent(t, began)
	if err := startPrometheus(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.until(t, 2*time.Minute, "the HPA to read all metrics again", func(o observe.Observation) bool {
		return o.Active && len(o.Metrics) == 3 && len(o.Smoothed) == 2
	})
	rescales := w.recorder.RescalesSince(began)
	if seen, ok := observe.ScaledBy(rescales, observe.Users); !ok {
		t.Errorf("scale-outs were not by users alone: %s", seen)
	}
	for _, r := range rescales {
		if r.To < r.From {
			t.Errorf("scaled in %d→%d for want of data: %s %v", r.From, r.To, r.Reason, r.Metrics)
		}
	}
}

// wantHeldThenAbsent looks back on an outage: users were served all the time, the GPU's total for a while and not at the end.
func (w *deployed) wantHeldThenAbsent(t *testing.T, began time.Time) {
	t.Helper()
	seen := w.recorder.ObservationsSince(began)
	if len(seen) == 0 {
		t.Fatal("nothing was seen of the outage")
	}
	var held, absent time.Duration // from the beginning to the last look with a GPU total, and the first without
	for _, o := range seen {
		if _, served := o.Smoothed[observe.Users]; !served {
			t.Errorf("users were not served %v into the outage", o.Time.Sub(began))
		}
		switch _, served := o.Smoothed[observe.GPU]; {
		case served:
			held = o.Time.Sub(began)
		case absent == 0:
			absent = o.Time.Sub(began)
		}
	}
	t.Logf("GPU values were held for %v and absent from %v", held.Round(time.Second), absent.Round(time.Second))
	if held < 10*time.Second || absent == 0 || absent < held {
		t.Errorf("GPU values were held for %v and absent from %v, want them held, then absent to the end", held, absent)
	}
}

// stopPrometheus ends the shipped Prometheus, until startPrometheus or the test's end.
func stopPrometheus(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := startPrometheus(ctx); err != nil {
			t.Error(err)
		}
	})
	for _, args := range [][]string{
		{"scale", "deployment/prometheus", "--replicas", "0"},
		{"wait", "pod", "--selector", "app.kubernetes.io/name=prometheus", "--for", "delete", "--timeout", "1m"},
	} {
		if _, err := shared.Kubectl(t.Context(), append(args, "--namespace", systemNamespace)...); err != nil {
			t.Fatal(err)
		}
	}
}

func startPrometheus(ctx context.Context) error {
	if _, err := shared.Kubectl(ctx, "--namespace", systemNamespace, "scale", "deployment/prometheus", "--replicas", "1"); err != nil {
		return err
	}
	return shared.WaitAllRolledOut(ctx, systemNamespace)
}
