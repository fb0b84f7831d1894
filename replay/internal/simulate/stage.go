package simulate

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/scale"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"

	"userscale.dev/userscale/replay/internal/kube"
	"userscale.dev/userscale/replay/internal/timeline"
)

// offBeat is how far the controller's moments are from whole milliseconds, at which all else happens.
const offBeat = 500 * time.Microsecond

// stage is all of a run but what happens with the pods: what the controller sees, who watches it, and what is noted. A model or a
// recording says what happens: one goroutine, at moments of whole milliseconds, at which the controller never acts; so nothing ever
// happens at the same time, and each run is the same.
type stage struct {
	agenda  agenda
	start   time.Time // of what is noted
	cluster *kube.Cluster
	custom  customMetrics
	cpu     metricsServer
	witness *witness
	heard   ear
	out     *timeline.Timeline
}

// newStage sets up an HPA whose target has as many replicas. The selector is that of the target's pods.
func newStage(hpa *autoscalingv2.HorizontalPodAutoscaler, replicas int32, selector string, c *Controller, start time.Time) (*stage, error) {
	s := &stage{start: start, heard: newEar(), out: &timeline.Timeline{}}
	var err error
	if s.cluster, err = kube.New(hpa, replicas, selector); err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	s.witness = newWitness(metrics.NewRESTMetricsClient(&s.cpu, &s.custom, nil), c)
	s.cluster.OnRescale(s.witness.rescaled)
	for i := range hpa.Spec.Metrics {
		s.out.Metrics = append(s.out.Metrics, metricOf(&hpa.Spec.Metrics[i]))
	}
	return s, nil
}

// play has the controller work, from a moment on, and does what is on the agenda, while goOn. It ends early when the outer ctx does,
// which must only be polled here: who waited for it would stop the time.
func (s *stage) play(outer context.Context, c *Controller, scales scale.ScalesGetter, first time.Time, goOn func() bool) error {
	ctx, stop := context.WithCancel(context.Background())
	var controller sync.WaitGroup
	controller.Go(func() {
		time.Sleep(time.Until(first.Add(offBeat)))
		s.control(ctx, c, scales)
	})
	s.agenda.run(func() bool { return goOn() && outer.Err() == nil })
	s.hear()
	stop()
	controller.Wait()
	return outer.Err()
}

// since is a moment in seconds since the start.
func (s *stage) since(at time.Time) float64 { return at.Sub(s.start).Seconds() }

// event notes something; what was before the start does not count.
func (s *stage) event(at time.Time, source, reason, text string) {
	if at.Before(s.start) {
		return
	}
	s.out.Events = append(s.out.Events, timeline.Event{T: s.since(at), Source: source, Reason: reason, Text: text})
}

// The event that says why the controller changed the count.
const (
	rescaled     = "SuccessfulRescale"
	reasonPrefix = "reason: "
)

// hear notes what the controller said since the last time.
func (s *stage) hear() {
	for _, e := range s.heard.take() {
		if e.reason != rescaled {
			s.event(e.at, "hpa", e.reason, e.text)
			continue
		}
		_, reason, _ := strings.Cut(e.text, reasonPrefix)
		s.decide(reason)
	}
}

// decide notes a decision. The HPA's status is of the same pass.
func (s *stage) decide(reason string) {
	r, ok := s.witness.take()
	if !ok || r.at.Before(s.start) {
		return
	}
	d := timeline.Decision{T: s.since(r.at), From: r.from, To: r.to, Reason: reason, Metrics: r.proposals}
	for _, c := range s.cluster.HPA().Status.Conditions {
		if c.Type == autoscalingv2.ScalingLimited && c.Status == corev1.ConditionTrue {
			d.Limit = c.Message
		}
	}
	s.out.Decisions = append(s.out.Decisions, d)
}
