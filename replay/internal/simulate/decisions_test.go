package simulate

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"userscale.dev/userscale/replay/internal/timeline"
)

// The shipped policy: 10 users or 60 % of the CPU request per pod, 2 to 10 pods; out without tolerance, at most 2 pods per 15 s; in below
// 70 % of the targets, 1 pod per 15 s, after 300 s. What the tests want is worked out by hand from that, and from 10 millicores per user of
// 200 requested: 10 users are 50 %.

// Nobody knows when the controller looks, only that it does every 15 s: wanted is when a decision may come.
type wanted struct {
	change     string
	from, till float64 // seconds; from 0: 15 s after the decision before, exactly
}

func check(t *testing.T, out *timeline.Timeline, want ...wanted) {
	t.Helper()
	for i, d := range out.Decisions {
		change := fmt.Sprintf("%d→%d", d.From, d.To)
		if i >= len(want) {
			t.Errorf("at %g: %s (%s): want no more decisions", d.T, change, d.Reason)
			continue
		}
		w := want[i]
		if w.from == 0 && i > 0 {
			w.from = out.Decisions[i-1].T + 15
			w.till = w.from
		}
		if change != w.change || d.T < w.from-1e-6 || d.T > w.till+1e-6 {
			t.Errorf("decision %d at %g: %s (%s): want %s from %g to %g", i, d.T, change, d.Reason, w.change, w.from, w.till)
		}
	}
	if len(out.Decisions) < len(want) {
		t.Errorf("%d decisions, want %d", len(out.Decisions), len(want))
	}
}

// 60 users are 6 pods, of which the step allows 2 at a time.
func TestStep(t *testing.T) {
	c := shipped(t, then(hold(20, 300), hold(60, 300)))
	c.Policy = raw(t, c.Policy)
	out := simulate(t, c)
	check(t, out, wanted{"2→4", 300, 316}, wanted{change: "4→6"})
	for _, d := range out.Decisions {
		if d.Reason != "pods metric active_users_per_pod above target" {
			t.Errorf("reason %q", d.Reason)
		}
	}
	// 60 users on 2 pods, then on 2 that are ready of 4: the mean over those that count is 30 both times, and 6 pods are proposed.
	for i, p := range []timeline.Proposal{out.Decisions[0].Metrics[0], out.Decisions[1].Metrics[0]} {
		if v, _ := p.Value.Get(); v != 30 || p.Replicas == nil || *p.Replicas != 6 {
			t.Errorf("proposal %d: %+v", i, p)
		}
	}
}

// After n collections that found 60 users in place of 20, the total is 60 − 40·2^(−n/10).
func TestStepIsSmoothed(t *testing.T) {
	out := simulate(t, shipped(t, then(hold(20, 300), hold(60, 300))))
	if len(out.Decisions) == 0 {
		t.Fatal("no decisions")
	}
	d := out.Decisions[0]
	mean, _ := d.Metrics[0].Value.Get()
	after := func(n float64) float64 { return 60 - 40*math.Exp2(-n/10) }
	if n := math.Floor(d.T - 300); 2*mean < after(n)-0.002 || 2*mean > after(n+1)+0.002 {
		t.Errorf("at %g the total is %g: want %g to %g", d.T, 2*mean, after(n), after(n+1))
	}
	if last := out.Decisions[len(out.Decisions)-1]; last.To != 6 || last.T > 360 {
		t.Errorf("ends with %+v", last)
	}
}

// 22 users for 16 s want a third pod, and the controller does look in that time; smoothed they are 15 + 7·(1 − 2^(−1.6)) = 19.7 at most.
func TestSpikeBelowTheSmoothedThreshold(t *testing.T) {
	c := shipped(t, then(hold(15, 300), hold(22, 16), hold(15, 60)))
	check(t, simulate(t, c))
	c.Policy = raw(t, c.Policy)
	check(t, simulate(t, c), wanted{"2→3", 300, 317})
}

func TestTolerance(t *testing.T) {
	for name, test := range map[string]struct {
		pods  int32
		users float64
		up    string // tolerance
		want  []wanted
	}{
		"out, at the target":          {2, 20, "0", nil},
		"out, above it":               {2, 20.1, "0", []wanted{{"2→3", 0.0001, 16}}},
		"out, below the tolerance":    {2, 21.9, "0.1", nil},
		"out, above the tolerance":    {2, 22.1, "0.1", []wanted{{"2→3", 0.0001, 16}}},
		"in, above 70 % of the users": {4, 28.1, "0", nil},
		// 27.9 users are 3 pods. A pod that leaves takes the mean to 9.3, which is in the band.
		"in, below 70 % of both": {4, 27.9, "0", []wanted{{"4→3", 300, 316}}},
	} {
		t.Run(name, func(t *testing.T) {
			c := shipped(t, hold(test.users, 600))
			c.Initial = test.pods
			c.Policy = raw(t, c.Policy)
			tolerance := quantity(test.up)
			c.Policy.HPA.Spec.Behavior.ScaleUp.Tolerance = &tolerance
			check(t, simulate(t, c), test.want...)
		})
	}
}

// 200 users want 20 pods; the HPA has 10 at most.
func TestStepLimitsAndBounds(t *testing.T) {
	c := shipped(t, then(hold(20, 300), hold(200, 300)))
	c.Policy = raw(t, c.Policy)
	out := simulate(t, c)
	check(t, out, wanted{"2→4", 300, 316}, wanted{change: "4→6"}, wanted{change: "6→8"}, wanted{change: "8→10"})
	if limit := out.Decisions[0].Limit; !strings.Contains(limit, "increasing faster than the maximum scale rate") {
		t.Errorf("limit %q", limit)
	}
}

// CPU is measured over 15 s, every 15 s, and known 5 s later: while it says 42 % or more it is in the band, and no pod leaves.
func TestCPUComesLate(t *testing.T) {
	c := shipped(t, then(hold(60, 600), hold(20, 600)))
	c.Policy = raw(t, c.Policy)
	check(t, simulate(t, c), wanted{"6→5", 885, 951}, wanted{change: "5→4"}, wanted{change: "4→3"}, wanted{change: "3→2"})
	c.Pods.UserCPU = 0
	check(t, simulate(t, c), wanted{"6→5", 885, 901}, wanted{change: "5→4"}, wanted{change: "4→3"}, wanted{change: "3→2"})
}

// Down goes what was below the band for 300 s: the last recommendation of 6 was made at most 15 s before the users left.
func TestStabilizationWindow(t *testing.T) {
	c := shipped(t, then(hold(60, 600), hold(20, 600)))
	c.Policy = raw(t, c.Policy)
	c.Policy.HPA.Spec.Metrics = c.Policy.HPA.Spec.Metrics[:1] // CPU would follow a little later
	out := simulate(t, c)
	check(t, out, wanted{"6→5", 885, 901}, wanted{change: "5→4"}, wanted{change: "4→3"}, wanted{change: "3→2"})
	if reason := out.Decisions[0].Reason; reason != "All metrics below target" {
		t.Errorf("reason %q", reason)
	}
}

// With every tenth scrape lost the last values stand in.
func TestLostScrapesMoveNothing(t *testing.T) {
	for seed := range uint64(5) {
		c := shipped(t, hold(38, 1800))
		c.Scrapes.Loss, c.Seed, c.Initial = 0.1, seed, 4
		check(t, simulate(t, c))
	}
}

// With all lost, nobody knows of any users: no pod leaves, however idle, but CPU can still call for more. 60 users on 2 pods are 150 %.
func TestAllScrapesLost(t *testing.T) {
	c := shipped(t, then(hold(60, 600), hold(5, 900)))
	c.Scrapes.Loss, c.Initial, c.Pods.Capacity = 1, 2, 100
	out := simulate(t, c)
	check(t, out, wanted{"2→4", 0.0001, 16}, wanted{change: "4→5"})
	if len(out.Decisions) > 0 && !strings.HasPrefix(out.Decisions[0].Reason, "cpu resource utilization") {
		t.Errorf("reason %q", out.Decisions[0].Reason)
	}
	complains(t, out, "FailedGetPodsMetric", "none has a value younger than 15s")
	for _, p := range out.Decisions[0].Metrics {
		if p.Metric == "active_users_per_pod" && (p.Replicas != nil || !p.Value.IsZero()) {
			t.Errorf("users: %+v: want nothing", p)
		}
	}
}

func complains(t *testing.T, out *timeline.Timeline, reason, text string) {
	t.Helper()
	for _, e := range out.Events {
		if e.Reason == reason && strings.Contains(e.Text, text) {
			return
		}
	}
	t.Errorf("no event %s with %q in %+v", reason, text, out.Events)
}

func TestRollingUpdateMovesNothing(t *testing.T) {
	c := shipped(t, hold(38, 1200))
	c.Initial, c.RollingUpdate = 4, 5*time.Minute
	out := simulate(t, c)
	check(t, out)
	started, most := int32(0), int32(0)
	for _, p := range out.Points[1:] {
		started += p.Started
		most = max(most, p.Running)
		if p.Ready < 4 {
			t.Fatalf("second %d: %d ready", p.T, p.Ready)
		}
	}
	if started != 4 || most < 5 {
		t.Errorf("%d pods started, %d at once: want 4, and more than 4", started, most)
	}
}

func TestAdapterRestartMovesNothing(t *testing.T) {
	for _, outage := range []time.Duration{0, 40 * time.Second} {
		c := shipped(t, hold(38, 1200))
		c.Initial, c.AdapterRestart, c.AdapterOutage = 4, 5*time.Minute, outage
		out := simulate(t, c)
		check(t, out)
		complains(t, out, "Serving", "the new adapter answers")
		if outage > 0 {
			complains(t, out, "FailedGetPodsMetric", "currently unable to handle the request")
			if p := out.Points[310]; !p.Raw.IsZero() || !p.Smoothed.IsZero() {
				t.Errorf("totals of nobody: %+v", p)
			}
		}
	}
}

// Each user takes 7 % of a GPU: 15 per pod would be 105 %, of which a pod that serves 12 has 84 %. Together 168 %, at 70 % each: 3 pods.
func TestGPU(t *testing.T) {
	for _, component := range []string{"gpu", "gpu-exporters"} {
		t.Run(component, func(t *testing.T) {
			c := shipped(t, then(hold(18, 300), hold(30, 120)))
			hpa := c.Policy.HPA.DeepCopy()
			hpa.Spec.Metrics = hpa.Spec.Metrics[:0]
			hpa.Spec.Metrics = append(hpa.Spec.Metrics, podsMetric("gpu_utilization_smoothed", "70"))
			c.Policy = policyOf(t, hpa, "../../../manifests/components/"+component+"/adapter.yaml")
			out := simulate(t, c)
			// The exporters show it within 30 s, a Prometheus has it 15 s later, and half of the 15 % that are missing to 2.1 pods takes 10 s.
			check(t, out, wanted{"2→3", 301, 375})
			if v, ok := out.Points[310].GPU.Get(); !ok || v != 84 {
				t.Errorf("GPU %v, %v", v, ok)
			}
		})
	}
}

// A counter of user-seconds gives the mean of each interval.
func TestCounter(t *testing.T) {
	c := shipped(t, then(hold(20, 300), hold(60, 300)))
	c.Policy = configured(t, c.Policy.HPA, `
- name: active_users_per_pod
  smoothing: {alpha: 1}
  pods: {field: active_users, counter: active_user_seconds_total, interval: 5s}
`)
	c.Initial = 2
	out := simulate(t, c)
	check(t, out, wanted{"2→4", 300, 316}, wanted{change: "4→6"})
	// The interval in which the users came has some seconds of 20 and some of 60.
	between := 0
	for _, p := range out.Points[300:306] {
		if x, _ := p.Raw.Get(); x > 20.001 && x < 59.999 {
			between++
		}
	}
	if between == 0 || between > 5 {
		t.Errorf("%d seconds with a mean between 20 and 60", between)
	}
}

// The total of the object that the HPA scales, by pod and as a whole: 60 users are 6 pods of 10.
func TestObjectMetric(t *testing.T) {
	for _, byPod := range []bool{true, false} {
		c := shipped(t, then(hold(20, 300), hold(60, 300)))
		hpa := c.Policy.HPA.DeepCopy()
		hpa.Spec.Metrics = hpa.Spec.Metrics[:0]
		hpa.Spec.Metrics = append(hpa.Spec.Metrics, objectMetric(hpa, byPod))
		c.Policy = raw(t, policyOf(t, hpa, ""))
		c.Initial = 2
		out := simulate(t, c)
		if byPod {
			check(t, out, wanted{"2→4", 300, 316}, wanted{change: "4→6"})
		} else if last := out.Decisions[len(out.Decisions)-1]; last.From != 8 || last.To != 10 {
			// The value is 60 of 20 however many pods there are, and each pass wants three times as many.
			t.Errorf("ends with %+v", last)
		}
	}
}

// Users on pods beyond their capacity are not served; nor are those whom no pod takes.
func TestServed(t *testing.T) {
	c := shipped(t, hold(30, 10))
	c.Initial = 2
	if p := simulate(t, c).Points[0]; p.Users != 30 || p.Served != 24 || p.Ready != 2 || p.Running != 2 || p.Started != 2 {
		t.Errorf("%+v", p)
	}
}

func TestNoUsers(t *testing.T) {
	out := simulate(t, shipped(t, hold(0, 60)))
	check(t, out)
	if p := out.Points[59]; p.Desired != 2 || p.Users != 0 || p.Raw != timeline.Known(0) || len(out.Points) != 60 {
		t.Errorf("%+v, %d points", p, len(out.Points))
	}
}
