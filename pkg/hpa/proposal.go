package hpa

import (
	"errors"
	"fmt"
	"math"
)

// Outcome is why a proposal is what it is.
type Outcome string

// All outcomes. The first two are of readings that speak alone: none is missing, and none is pending where they say to scale out.
// In the others pods without a reading were filled in: on the way out with 0, on the way in with the target (for a
// utilization below 100 % with the whole request).
const (
	WithinTolerance          Outcome = "within_tolerance"           // the ratio is inside the band: no change
	OutsideTolerance         Outcome = "outside_tolerance"          // ceil(ratio · pods)
	AdjustedWithinTolerance  Outcome = "adjusted_within_tolerance"  // filled in, the ratio is inside the band: no change
	AdjustedOutsideTolerance Outcome = "adjusted_outside_tolerance" // ceil(adjusted ratio · pods)
	AdjustedRatioReverses    Outcome = "adjusted_ratio_reverses"    // filled in, the ratio points the other way: no change
	AdjustedReplicasReverse  Outcome = "adjusted_replicas_reverse"  // the replicas would go against the ratio: no change
)

// Proposal is what the HPA makes of one metric.
type Proposal struct {
	Replicas      int32
	Usage         int64   // in the target's unit: the mean or an object's value in thousandths, or percent of the request
	Target        int64   // in the same unit
	Mean          int64   // over the readings that count, in thousandths; none of an object
	Ratio         float64 // Usage/Target
	AdjustedRatio float64 // with the pods without a reading filled in; Ratio where none was
	PodCount      int     // how many pods the ratio stands for; Replicas is the ratio times this, unless nothing changes
	Outcome       Outcome
	Groups
}

// target is what differs between the kinds of target.
type target interface {
	measure(values map[string]int64) (measurement, error)
	// missing returns what a pod without a reading is taken to have where the others say to scale in.
	missing(pod string) int64
}

type measurement struct {
	ratio       float64
	usage, mean int64
}

// ready says why there can be no proposal, if so.
func (g Groups) ready(values map[string]int64) error {
	switch {
	case len(g.Counted)+len(g.Missing)+len(g.Pending)+len(g.Ignored) == 0:
		return errors.New("no pod matches the selector")
	case len(values) == 0:
		return fmt.Errorf("no reading counts: %d pods have none, %d are pending, %d are ignored",
			len(g.Missing), len(g.Pending), len(g.Ignored))
	}
	return nil
}

// propose applies the rules that all metrics per pod share. It fills in values.
// Source: replica_calculator.go, calcPlainMetricReplicas and GetResourceReplicas.
func (s Sync) propose(g Groups, values map[string]int64, t target) (Proposal, error) {
	m, err := t.measure(values)
	if err != nil {
		return Proposal{Groups: g}, err
	}
	p := Proposal{Replicas: s.Replicas, Usage: m.usage, Mean: m.mean, Ratio: m.ratio, AdjustedRatio: m.ratio, Groups: g}
	pendingCounts := len(g.Pending) > 0 && m.ratio > 1
	if len(g.Missing) == 0 && !pendingCounts {
		p.PodCount = len(g.Counted)
		p.Outcome = WithinTolerance
		if !s.Tolerances.hold(p.Ratio) {
			p.Outcome, p.Replicas = OutsideTolerance, replicas(p.Ratio, p.PodCount)
		}
		return p, nil
	}

	fill(values, g, m.ratio, t)
	adjusted, err := t.measure(values)
	if err != nil {
		return Proposal{Groups: g}, err
	}
	p.AdjustedRatio, p.PodCount = adjusted.ratio, len(values)
	s.adjust(&p)
	return p, nil
}

// fill gives the pods without a reading the value that speaks against a change. At a ratio of exactly 1 there is none to speak
// against.
func fill(values map[string]int64, g Groups, ratio float64, t target) {
	switch {
	case ratio < 1:
		for _, pod := range g.Missing {
			values[pod] = t.missing(pod)
		}
	case ratio > 1:
		for _, pod := range g.Missing {
			values[pod] = 0
		}
		for _, pod := range g.Pending {
			values[pod] = 0
		}
	}
}

// adjust decides by the adjusted ratio.
func (s Sync) adjust(p *Proposal) {
	want := replicas(p.AdjustedRatio, p.PodCount)
	switch r := p.AdjustedRatio; {
	case s.Tolerances.hold(r):
		p.Outcome = AdjustedWithinTolerance
	case p.Ratio < 1 && r > 1, p.Ratio > 1 && r < 1:
		p.Outcome = AdjustedRatioReverses
	case r < 1 && want > s.Replicas, r > 1 && want < s.Replicas:
		p.Outcome = AdjustedReplicasReverse
	default:
		p.Outcome, p.Replicas = AdjustedOutsideTolerance, want
	}
}

// replicas returns ceil(ratio·pods), computed in floating point as upstream does: at exact multiples the product can come out just
// above a whole number and adds one. Beyond int32 upstream's conversion is left to the processor; here it is the nearest int32.
func replicas(ratio float64, pods int) int32 {
	return int32(min(max(math.Ceil(ratio*float64(pods)), math.MinInt32), math.MaxInt32))
}
