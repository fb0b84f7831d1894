package simulate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"userscale.dev/userscale/pkg/store"
	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/recording"
	"userscale.dev/userscale/replay/internal/timeline"
)

// Replayed is what the controller did in the replay of a recording. Times are seconds since the recording began.
type Replayed struct {
	Metrics   []timeline.Metric // of the HPA, in its order
	Decisions []timeline.Decision
	Statuses  []*autoscalingv2.HorizontalPodAutoscalerStatus // of each recorded pass; nil where a second pass came within the millisecond
}

// Replay runs upstream's controller and the adapter's own store and provider over a recording, at the moments at which the live ones
// ran. The pods, their samples and their CPU are the recorded ones; spec.replicas is what the replayed controller makes of it. What t is
// for is said at [Run]. An error that is not the ctx's says what the recording lacks.
func Replay(ctx context.Context, t *testing.T, r *recording.Recording, c Controller) (*Replayed, error) {
	p, err := livePolicy(r)
	if err != nil {
		return nil, fmt.Errorf("hpa: %w", err)
	}
	if err := complete(r, p); err != nil {
		return nil, err
	}
	silence()
	began := beginnings(r)
	for {
		var out *Replayed
		synctest.Test(t, func(*testing.T) { out, err = replay(ctx, r, p, &c, began) })
		if err != nil || !align(began, r, p, out) {
			return out, err
		}
	}
}

// livePolicy is the recorded policy, the HPA with the status that it had. A client leaves out what kind of object it got.
func livePolicy(r *recording.Recording) (*policy.Policy, error) {
	live := r.HPA.DeepCopy()
	live.APIVersion, live.Kind = autoscalingv2.SchemeGroupVersion.String(), "HorizontalPodAutoscaler"
	live.Status = autoscalingv2.HorizontalPodAutoscalerStatus{}
	text, err := json.Marshal(live)
	if err != nil {
		return nil, err
	}
	hpa, err := policy.ReadHPA(text)
	if err != nil {
		return nil, err
	}
	hpa.Status = *r.HPA.Status.DeepCopy()
	return policy.New(hpa, r.Configuration)
}

// complete says what a recording lacks of what is needed to replay it.
func complete(r *recording.Recording, p *policy.Policy) error {
	passed := func(e recording.Event) bool { return e.Pass != nil }
	if !slices.ContainsFunc(r.Events, passed) {
		return errors.New("no pass in it: when the controller looked is not known")
	}
	for i := range p.Metrics {
		m := &p.Metrics[i]
		values, total := asked(p.HPA, m)
		if !values {
			continue
		}
		first := slices.IndexFunc(r.Events, func(e recording.Event) bool {
			return e.T == 0 && e.Collection != nil && e.Collection.Metric == m.Name
		})
		if first < 0 {
			return fmt.Errorf("no collection of %s at 0: the values of the beginning are not known", m.Name)
		}
		known := slices.ContainsFunc(r.Totals, func(t recording.Total) bool { return t.Metric == m.Name })
		if total && !known && len(r.Events[first].Collection.Values) > 0 {
			return fmt.Errorf("totals: none of %s: allowed: that of each smoothed metric that the HPA names", m.Name)
		}
	}
	return nil
}

// asked says whether an HPA asks for a metric's values, and whether for parts of its smoothed total.
func asked(hpa *autoscalingv2.HorizontalPodAutoscaler, m *store.Metric) (values, total bool) {
	for i := range hpa.Spec.Metrics {
		spec := &hpa.Spec.Metrics[i]
		switch name := metricOf(spec).Name; {
		case spec.Pods != nil && name == m.Name, spec.Object != nil && name == m.TotalName:
			values, total = true, true
		case spec.Pods != nil && name == m.RawName:
			values = true
		}
	}
	return values, total
}

// replay is the inside of the bubble.
func replay(outer context.Context, r *recording.Recording, p *policy.Policy, c *Controller, began []time.Duration) (*Replayed, error) {
	v := virtualSince(time.Now(), r.Began)
	p.HPA.Status = v.status(&p.HPA.Status)
	s, err := newStage(p.HPA, r.Replicas, everyPod, c, v.began)
	if err != nil {
		return nil, err
	}
	b, err := newPlayback(s, v, r, p)
	if err != nil {
		return nil, err
	}
	gate := &gate{ScalesGetter: s.cluster.ScaleClient()}
	for _, next := range b.plan(began, c.SyncPeriod) {
		gate.moments = append(gate.moments, v.began.Add(next.at+offBeat))
	}
	hurried := *c
	hurried.SyncPeriod = resync
	err = s.play(outer, &hurried, gate, v.began, func() bool { return b.err == nil })
	b.out.Metrics, b.out.Decisions = s.out.Metrics, s.out.Decisions
	return &b.out, errors.Join(err, b.err)
}
