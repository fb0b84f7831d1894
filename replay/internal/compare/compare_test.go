package compare

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"userscale.dev/userscale/replay/internal/batch"
	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/score"
	"userscale.dev/userscale/replay/internal/simulate"
	"userscale.dev/userscale/replay/internal/timeline"
)

// shipped is the shipped policy with such of its metrics as keep says.
func shipped(t *testing.T, keep func(autoscalingv2.MetricSpec) bool) *policy.Policy {
	t.Helper()
	all, err := policy.Load("../../../manifests/base/workload/hpa.yaml", "")
	if err != nil {
		t.Fatal(err)
	}
	var kept []autoscalingv2.MetricSpec
	for _, m := range all.HPA.Spec.Metrics {
		if keep(m) {
			kept = append(kept, m)
		}
	}
	all.HPA.Spec.Metrics = kept
	p, err := policy.New(all.HPA, all.Settings)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func isPods(m autoscalingv2.MetricSpec) bool { return m.Type == autoscalingv2.PodsMetricSourceType }
func isCPU(m autoscalingv2.MetricSpec) bool  { return !isPods(m) }

// Each policy's control costs as much as it does, sees the raw users alone, and keeps the rest of the HPA; one that sees no users has
// the metric of another.
func TestControls(t *testing.T) {
	world := simulate.Defaults()
	world.Poisson, world.Seed = true, 3
	for s := range 3600 {
		world.Users = append(world.Users, 45+20*math.Sin(float64(s)/400))
	}
	users, cpu := shipped(t, isPods), shipped(t, isCPU)
	rows, err := Run(t.Context(), &batch.Runner{T: t}, Options{World: world, Seeds: 5, Controls: true},
		[]Entry{{"cpu", cpu}, {"users", users}})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.Control == nil || len(row.Scores) != 5 || len(row.Control.Scores) != 5 {
			t.Fatalf("%s: %+v", row.Name, row)
		}
		if off := meanHours(row.Control.Scores)/meanHours(row.Scores) - 1; math.Abs(off) > 1e-9 || row.Control.Note != "" {
			t.Errorf("%s: its control, at %v times the target, costs %+.4f (%s)", row.Name, row.Control.Factor, off, row.Control.Note)
		}
		if got, want := row.Control.Target, 10*row.Control.Factor; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: target %v, want %v", row.Name, got, want)
		}
	}

	raw, err := RawOf(cpu, users)
	if err != nil {
		t.Fatal(err)
	}
	scaled, err := raw.Scaled(1.5)
	if err != nil {
		t.Fatal(err)
	}
	spec := scaled.HPA.Spec
	if len(spec.Metrics) != 1 || spec.Metrics[0].Pods.Metric.Name != "active_users_raw" || spec.Metrics[0].Pods.Target.AverageValue.MilliValue() != 15000 ||
		*spec.MinReplicas != 2 || *spec.Behavior.ScaleDown.StabilizationWindowSeconds != 300 {
		t.Errorf("got %+v", spec)
	}
	if _, err := RawOf(cpu, cpu); err == nil || !strings.HasPrefix(err.Error(), "no control: allowed:") {
		t.Errorf("got %v", err)
	}
}

// A policy that never scales out has a control that never does, and one whose cost its bounds don't allow the users says so.
func TestControlsAtTheBounds(t *testing.T) {
	world := simulate.Defaults()
	for s := range 900 {
		world.Users = append(world.Users, 15+float64(60*(s/300%2)))
	}
	high := shipped(t, isCPU)
	high.HPA.Spec.Metrics[0].Resource.Target.AverageUtilization = new(int32(1000))
	wide := shipped(t, isPods)
	low, most := int32(11), int32(12)
	wide.HPA.Spec.MinReplicas, wide.HPA.Spec.MaxReplicas = &low, most
	rows, err := Run(t.Context(), &batch.Runner{T: t}, Options{World: world, Seeds: 2, Controls: true},
		[]Entry{{"never", high}, {"users", shipped(t, isPods)}})
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range rows[0].Control.Scores {
		if s.PodHours != rows[0].Scores[i].PodHours || s.PodStarts != 0 || rows[0].Control.Note != "" {
			t.Errorf("run %d: %g pod-hours and %g starts, the policy's %g; %s", i, s.PodHours, s.PodStarts, rows[0].Scores[i].PodHours, rows[0].Control.Note)
		}
	}
	bounded, err := RawOf(wide, wide)
	if err != nil {
		t.Fatal(err)
	}
	rows, err = Run(t.Context(), &batch.Runner{T: t}, Options{World: world, Seeds: 2, Controls: true, Reference: &bounded}, []Entry{{"never", high}})
	if err != nil {
		t.Fatal(err)
	}
	if c := rows[0].Control; !strings.HasPrefix(c.Note, "costs +") || meanHours(c.Scores) <= meanHours(rows[0].Scores) {
		t.Errorf("%q: %g pod-hours, the policy's %g", c.Note, meanHours(c.Scores), meanHours(rows[0].Scores))
	}
}

// Against itself as the reference a policy is what it is, whatever the others are.
func TestReference(t *testing.T) {
	world := simulate.Defaults()
	for s := range 900 {
		world.Users = append(world.Users, 15+float64(60*(s/300%2)))
	}
	users := shipped(t, isPods)
	itself, err := SmoothedOf(users)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := Run(t.Context(), &batch.Runner{T: t}, Options{World: world, Seeds: 2, Controls: true, Reference: &itself}, []Entry{{"users", users}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rows[0].Scores, rows[0].Control.Scores, cmp.AllowUnexported(timeline.Value{})); diff != "" || rows[0].Control.Factor != 1 {
		t.Errorf("at %g times its own target (-policy +control):\n%s", rows[0].Control.Factor, diff)
	}
	if _, err := SmoothedOf(shipped(t, isCPU)); err == nil || !strings.HasPrefix(err.Error(), "no reference: allowed:") {
		t.Errorf("got %v", err)
	}
}

// What is absent from either run of a pair is left out, and not zero.
func TestPairs(t *testing.T) {
	of := func(s score.Scores) score.Value { return s.ToCapacity }
	var with, without score.Scores
	with.ToCapacity = timeline.Known(30)
	if got := Pairs([]score.Scores{with, without, with}, []score.Scores{with, with, without}, of); len(got) != 1 || got[0] != (score.Pair{Policy: 30, Control: 30}) {
		t.Errorf("got %v", got)
	}
	if v, known := Mean([]score.Scores{without}, of).Get(); known {
		t.Errorf("got %v", v)
	}
	if got := Mean([]score.Scores{with, without}, of).Or(-1); got != 30 {
		t.Errorf("got %v", got)
	}
}
