package simulate

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/replay/internal/workload"
)

// CPU is served of pods that were measured twice, with when and over how long.
func TestMetricsServer(t *testing.T) {
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	w := workload.New(workload.Config{UserCPU: 10, Capacity: 100}, start, 1)
	w.Demand(start, 8)
	from := kubelets{objects: &objects{namespace: "default", target: "web", container: "web"}}
	var server metricsServer
	serve := func(seconds float64) int {
		now := start.Add(time.Duration(seconds * float64(time.Second)))
		w.Advance(now)
		w.Settle(now)
		server.serve(from.measure(w.Pods(), now))
		list, err := podMetrics{server: &server}.List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return len(list.Items)
	}
	if n := serve(1.25); n != 0 {
		t.Errorf("%d pods after one measurement", n)
	}
	w.Scale(start.Add(2*time.Second), 2)
	if n := serve(16.25); n != 1 {
		t.Errorf("%d pods: want the old one", n)
	}
	item := server.serving[0]
	if cpu := item.Containers[0].Usage.Cpu().MilliValue(); item.Name != "web-00000" || item.Window.Duration != 15*time.Second || cpu > 80 || cpu < 42 {
		t.Errorf("%s: %d millicores over %v: want 80 for 2 s, then 40", item.Name, cpu, item.Window)
	}
	if want := start.Add(16 * time.Second); !item.Timestamp.Time.Equal(want) {
		t.Errorf("at %v, want the whole second before, %v", item.Timestamp, want)
	}
	if n := serve(31.25); n != 2 {
		t.Errorf("%d pods, want both", n)
	}
}

// A collection with a pod that does not answer takes as long as is waited for it.
func TestLostScrapeTakesItsTimeout(t *testing.T) {
	c := shipped(t, hold(20, 10))
	c.Initial = 2
	synctest.Test(t, func(t *testing.T) {
		for loss, want := range map[float64]time.Duration{0: 0, 1: 800 * time.Millisecond} {
			c.Scrapes.Loss = loss
			w, err := newWorld(&c, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			w.show(time.Now())
			a := newAdapter(c.Policy, w.selector, time.Now())
			for _, s := range w.shown {
				a.setPod(s.object)
			}
			from := &collection{metric: &c.Policy.Settings.Metrics[0]}
			b, took := from.collect(w, a, time.Now())
			if took != want || len(b.Samples)+len(b.Failures) != 2 {
				t.Errorf("loss %g: %+v in %v, want %v", loss, b, took, want)
			}
			for _, f := range b.Failures {
				if f.Reason != sample.ReasonTimeout {
					t.Errorf("%+v", f)
				}
			}
		}
	})
}

// An adapter answers when it has collected each metric.
func TestAdapterIsReadyWithAllMetrics(t *testing.T) {
	c := everything(t)
	a := newAdapter(c.Policy, labels.Everything(), time.Now())
	for _, m := range []string{"active_users_per_pod", "gpu_utilization_smoothed"} {
		if a.ready() {
			t.Errorf("ready before %s", m)
		}
		a.record(time.Now(), sample.Batch{Metric: m})
	}
	if !a.ready() {
		t.Error("not ready with both")
	}
}

// An HPA's annotations go before the configuration: with an alpha of 1 the total follows at once.
func TestAnnotations(t *testing.T) {
	c := shipped(t, then(hold(20, 300), hold(60, 300)))
	hpa := c.Policy.HPA.DeepCopy()
	hpa.Annotations = map[string]string{"userscale.dev/alpha": "1"}
	c.Policy = policyOf(t, hpa, "")
	out := simulate(t, c)
	check(t, out, wanted{"2→4", 300, 316}, wanted{change: "4→6"})
	if p := out.Points[301]; p.Raw != p.Smoothed {
		t.Errorf("raw %v, smoothed %v", p.Raw, p.Smoothed)
	}
}

// The controller acts when nothing else does.
func TestControllerIsOffBeat(t *testing.T) {
	for _, d := range simulate(t, shipped(t, then(hold(20, 60), hold(60, 60)))).Decisions {
		if _, part := math.Modf(d.T * 1000); math.Abs(part-0.5) > 1e-6 {
			t.Errorf("decision at %v", d.T)
		}
	}
}
