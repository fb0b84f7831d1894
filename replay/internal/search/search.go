// Package search sweeps over what a policy can be tuned by and finds the settings that nothing else beats: the Pareto front of unserved
// load, pod-hours and pod starts.
package search

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"

	"userscale.dev/userscale/pkg/store"
	"userscale.dev/userscale/replay/internal/batch"
	"userscale.dev/userscale/replay/internal/compare"
	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/score"
	"userscale.dev/userscale/replay/internal/simulate"
)

// Grid is what is tried: every combination. An empty list leaves the policy's own.
type Grid struct {
	Alphas  []float64       // per reference interval, both directions; goes with neither Rises nor Falls
	Rises   []time.Duration // half-lives
	Falls   []time.Duration
	Targets []float64       // of the first metric that the adapter smooths
	Windows []time.Duration // stabilisation of scale-in
}

// Candidate is one combination and how it scored.
type Candidate struct {
	Name   string         `json:"settings"`
	Scores []score.Scores `json:"scores"` // one for each seed
	Front  bool           `json:"on_the_front"`
}

// The annotations by which an HPA asks for its own smoothing.
const (
	alpha = "userscale.dev/alpha"
	rise  = "userscale.dev/rise-half-life"
	fall  = "userscale.dev/fall-half-life"
)

// change is one setting of a candidate.
type change struct {
	name  string
	apply func(*autoscalingv2.HorizontalPodAutoscaler) error
}

// Candidates are all combinations of a base policy. The error names the settings that are not allowed.
func (g Grid) Candidates(base *policy.Policy) ([]compare.Entry, error) {
	axes, err := g.axes(base)
	if err != nil {
		return nil, err
	}
	combinations := [][]change{nil}
	for _, axis := range axes {
		if len(axis) == 0 {
			continue
		}
		var next [][]change
		for _, c := range combinations {
			for _, one := range axis {
				next = append(next, append(c[:len(c):len(c)], one))
			}
		}
		combinations = next
	}
	var entries []compare.Entry
	for _, c := range combinations {
		e, err := entry(base, c)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func entry(base *policy.Policy, changes []change) (compare.Entry, error) {
	hpa := base.HPA.DeepCopy()
	var names []string
	for _, c := range changes {
		if err := c.apply(hpa); err != nil {
			return compare.Entry{}, fmt.Errorf("%s: %w", c.name, err)
		}
		names = append(names, c.name)
	}
	name := strings.Join(names, ", ")
	p, err := policy.New(hpa, base.Settings)
	if err != nil {
		return compare.Entry{}, fmt.Errorf("%s: %w", name, err)
	}
	return compare.Entry{Name: name, Policy: p}, nil
}

func (g Grid) axes(base *policy.Policy) ([][]change, error) {
	if len(g.Alphas) > 0 && len(g.Rises)+len(g.Falls) > 0 {
		return nil, errors.New("alpha: allowed: without half-lives")
	}
	if len(g.Alphas)+len(g.Rises)+len(g.Falls)+len(g.Targets)+len(g.Windows) == 0 {
		return nil, errors.New("nothing to search: allowed: at least one of alpha, rise, fall, target and window")
	}
	rises, falls := halfLives("rise", rise, g.Rises), halfLives("fall", fall, g.Falls)
	var alphas, targets, windows []change
	for _, a := range g.Alphas {
		alphas = append(alphas, change{fmt.Sprintf("alpha %g", a), func(h *autoscalingv2.HorizontalPodAutoscaler) error {
			return annotate(h, alpha, fmt.Sprint(a), rise, fall)
		}})
	}
	for _, x := range g.Targets {
		targets = append(targets, change{fmt.Sprintf("target %g", x), func(h *autoscalingv2.HorizontalPodAutoscaler) error { return retarget(h, base.Metrics, x) }})
	}
	for _, w := range g.Windows {
		windows = append(windows, change{Named("window", w), func(h *autoscalingv2.HorizontalPodAutoscaler) error { return stabilise(h, w) }})
	}
	return [][]change{alphas, rises, falls, targets, windows}, nil
}

// Named is a duration that is set, as candidates are called by it: "fall 1m".
func Named(setting string, d time.Duration) string {
	text := d.String()
	if minutes, whole := strings.CutSuffix(text, "m0s"); whole {
		text = minutes + "m"
	}
	if hours, whole := strings.CutSuffix(text, "h0m"); whole {
		text = hours + "h"
	}
	return setting + " " + text
}

func halfLives(name, annotation string, values []time.Duration) (changes []change) {
	for _, d := range values {
		changes = append(changes, change{Named(name, d), func(h *autoscalingv2.HorizontalPodAutoscaler) error {
			return annotate(h, annotation, d.String(), alpha)
		}})
	}
	return changes
}

// annotate sets an annotation in place of others.
func annotate(h *autoscalingv2.HorizontalPodAutoscaler, key, value string, instead ...string) error {
	if h.Annotations == nil {
		h.Annotations = map[string]string{}
	}
	for _, other := range instead {
		delete(h.Annotations, other)
	}
	h.Annotations[key] = value
	return nil
}

// retarget sets the target of the first metric that the adapter smooths.
func retarget(h *autoscalingv2.HorizontalPodAutoscaler, metrics []store.Metric, to float64) error {
	for i := range h.Spec.Metrics {
		m := h.Spec.Metrics[i].Pods
		if m == nil || m.Target.AverageValue == nil {
			continue
		}
		for j := range metrics {
			if m.Metric.Name == metrics[j].Name {
				m.Target.AverageValue = resource.NewMilliQuantity(int64(to*1000), resource.DecimalSI)
				return nil
			}
		}
	}
	return errors.New("allowed: with an HPA that has a Pods metric which the adapter smooths")
}

func stabilise(h *autoscalingv2.HorizontalPodAutoscaler, window time.Duration) error {
	seconds := int32(window / time.Second)
	h.Spec.Behavior.ScaleDown.StabilizationWindowSeconds = &seconds // defaulted: there is one
	return nil
}

// Run runs all candidates with the same seeds, and marks those on the front of the mean scores.
func Run(ctx context.Context, runner *batch.Runner, world simulate.Config, seeds int, entries []compare.Entry) ([]Candidate, error) {
	var configs []simulate.Config
	for _, e := range entries {
		world.Policy, world.PolicyName = e.Policy, e.Name
		configs = append(configs, batch.Seeds(world, world.Seed, seeds)...)
	}
	scores, err := runner.Scores(ctx, configs)
	if err != nil {
		return nil, err
	}
	candidates := make([]Candidate, len(entries))
	var points [][]float64
	for i, e := range entries {
		candidates[i] = Candidate{Name: e.Name, Scores: scores[i*seeds : (i+1)*seeds]}
		var point []float64
		for _, m := range compare.Headline() {
			mean, _ := compare.Mean(candidates[i].Scores, m.Of).Get()
			point = append(point, mean)
		}
		points = append(points, point)
	}
	for i, on := range score.Front(points) {
		candidates[i].Front = on
	}
	return candidates, nil
}
