package observe

import (
	"context"
	"errors"
	"fmt"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"userscale.dev/userscale/pkg/explain"
	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/recording"
)

// begin starts to watch, checks that what is there can be replayed, and enters the state that the run begins in.
func (r *run) begin(ctx context.Context) error {
	report, err := r.explain(ctx)
	if err != nil {
		return err
	}
	if problem := report.Target.Problem; problem != "" {
		return fmt.Errorf("%s %s, which HPA %s scales: %s", report.Target.Kind, report.Target.Name, report.Name, problem)
	}
	r.selector = report.Target.Selector
	if err := r.watch(ctx); err != nil {
		return err
	}
	p, err := policy.New(r.journal.now(), r.config.Settings)
	if err != nil {
		return fmt.Errorf("HPA %s and the configuration: %w", report.Name, err)
	}
	r.collections = newCollections(r.journal, p)
	if r.needsUsage() {
		if err := within(ctx, r.askUsage); err != nil {
			return err
		}
	}
	if report, err = r.explain(ctx); err != nil {
		return err
	}
	totals, err := totalsOf(report, p, r.collections)
	if err != nil {
		return err
	}
	if report.Replicas.Current == nil {
		return fmt.Errorf("%s %s, which HPA %s scales, does not say how many replicas it wants", report.Target.Kind, report.Target.Name, report.Name)
	}
	r.journal.begin(report.Time, &recording.Header{
		Kind: recording.Kind, Configuration: r.config.Settings, Replicas: *report.Replicas.Current, Totals: totals,
	})
	r.collections.take(report)
	return nil
}

// totalsOf are the smoothed totals of the metrics that the HPA asks the adapter for. A replay begins with them and smooths as configured,
// so the adapter has to have them, and to smooth likewise.
func totalsOf(report *explain.Report, p *policy.Policy, c *collections) ([]recording.Total, error) {
	var totals []recording.Total
	var errs []error
	for name, m := range c.metrics(report) {
		if m.Total == nil || m.Total.Smoothed == nil {
			errs = append(errs, fmt.Errorf("metric %s has no total yet, with which a recording begins: %s%s", m.Name, m.Invalid, m.Unknown))
			continue
		}
		for i := range p.Metrics {
			if p.Metrics[i].Name == name {
				errs = append(errs, sameSmoothing(m, p.Override.Apply(p.Metrics[i].Smoothing)))
			}
		}
		totals = append(totals, recording.Total{Metric: name, Smoothed: *m.Total.Smoothed})
	}
	return totals, errors.Join(errs...)
}

// sameSmoothing wants the half-lives in force to be the configured ones, to the microsecond, since they travel as seconds.
func sameSmoothing(m *explain.Metric, configured smoothing.HalfLives) error {
	is := smoothing.HalfLives{Rise: duration(m.Total.RiseHalfLifeSeconds), Fall: duration(m.Total.FallHalfLifeSeconds)}
	if configured.Rise.Round(time.Microsecond) == is.Rise && configured.Fall.Round(time.Microsecond) == is.Fall {
		return nil
	}
	return fmt.Errorf("metric %s: the running adapter smooths with half-lives of %v (rise) and %v (fall), the configuration says %v and %v: "+
		"allowed: the configuration that the adapter has, with what its environment overrides", m.Name, is.Rise, is.Fall, configured.Rise, configured.Fall)
}

func duration(seconds float64) time.Duration {
	return time.Duration(seconds * float64(time.Second)).Round(time.Microsecond)
}

// needsUsage says whether the HPA asks for what metrics.k8s.io serves.
func (r *run) needsUsage() bool {
	metrics := r.journal.now().Spec.Metrics
	for i := range metrics {
		if t := metrics[i].Type; t == autoscalingv2.ResourceMetricSourceType || t == autoscalingv2.ContainerResourceMetricSourceType {
			return true
		}
	}
	return false
}
