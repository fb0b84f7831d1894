package explain

import (
	"errors"
	"fmt"
	"time"

	"userscale.dev/userscale/pkg/hpa"
)

// decide puts the metrics' proposals together and finds the limits that intervene.
func (r *Report) decide(limits hpa.Limits) {
	if limits.Unasked {
		r.unasked(limits)
		return
	}
	current := *r.Replicas.Current
	valid, all, indexes := r.proposals()
	best, err := hpa.Recommend(current, valid)
	switch {
	case r.Replicas.AtLeast && err != nil:
		return
	case err != nil: // no metric is valid
		r.Replicas.Next = &current
		r.limit(InvalidMetric, current)
		return
	}
	r.Replicas.Recommended = &best.Replicas
	if r.Replicas.AtLeast {
		return
	}
	if _, err := hpa.Recommend(current, all); err != nil {
		r.Replicas.Next = &current
		r.limit(InvalidMetric, current)
		return
	}
	r.Metrics[indexes[best.Metric]].Wins = true
	r.clamp(limits, best.Replicas)
}

// unasked is for replicas outside the bounds, which the controller corrects without a look at any metric, or 0, which it leaves.
func (r *Report) unasked(limits hpa.Limits) {
	next, by := limits.Clamp(*r.Replicas.Current)
	r.Replicas.Next = &next
	r.limit(by, next)
	for i := range r.Metrics {
		m := &r.Metrics[i]
		m.Proposal, m.Invalid, m.Unknown = nil, "", "the HPA does not ask"
	}
}

// proposals are those of the valid metrics, with their indexes, and those of all metrics that are known.
func (r *Report) proposals() (valid, all []hpa.Metric, indexes []int) {
	for i := range r.Metrics {
		switch m := &r.Metrics[i]; {
		case m.Proposal != nil:
			p := hpa.Metric{Replicas: m.Proposal.Replicas}
			valid, all, indexes = append(valid, p), append(all, p), append(indexes, i)
		case m.Invalid != "":
			all = append(all, hpa.Metric{Err: errors.New(m.Invalid)})
		default:
			r.Replicas.AtLeast = true
		}
	}
	return valid, all, indexes
}

// clamp finds what is left of a recommendation.
func (r *Report) clamp(limits hpa.Limits, recommended int32) {
	current := *r.Replicas.Current
	next, by := limits.Clamp(recommended)
	if r.stabilized(limits, recommended) {
		r.limit(Stabilization, current)
		if by != hpa.Unlimited {
			r.limit(by, next)
		}
		next = current
	} else if by = r.orRecent(by, recommended); by != hpa.Unlimited {
		r.limit(by, next)
	}
	r.Replicas.Next = &next
}

// stabilized tells whether the controller holds the replicas for the sake of earlier recommendations. They are its secret, but
// its last pass said so if they did.
func (r *Report) stabilized(limits hpa.Limits, recommended int32) bool {
	current := *r.Replicas.Current
	reason := "ScaleUpStabilized"
	window := limits.ScaleUpWindow
	if recommended < current {
		reason, window = "ScaleDownStabilized", limits.ScaleDownWindow
	}
	return recommended != current && window > 0 && r.Replicas.Desired == current && r.condition("AbleToScale").Reason == reason
}

func (r *Report) condition(name string) Condition {
	for _, c := range r.Conditions {
		if c.Type == name {
			return c
		}
	}
	return Condition{}
}

func (r *Report) limit(name hpa.Limit, replicas int32) {
	var message string
	switch name {
	case hpa.MinReplicas:
		message = fmt.Sprintf("minReplicas is %d", r.Replicas.Min)
	case hpa.MaxReplicas:
		message = fmt.Sprintf("maxReplicas is %d", r.Replicas.Max)
	case hpa.ScaleUpPolicy:
		message = r.ScaleUp.steps("added") + r.recently(r.ScaleUp)
	case hpa.ScaleDownPolicy:
		message = r.ScaleDown.steps("removed") + r.recently(r.ScaleDown)
	case hpa.ScalingDisabled:
		message = "a target with 0 replicas switches the HPA off"
	case InvalidMetric:
		message = "a metric that cannot be read could ask for more"
	case Stabilization:
		message = r.stabilization()
	}
	r.Limits = append(r.Limits, Limit{Name: name, Replicas: replicas, Message: message})
}

func (r *Report) stabilization() string {
	if *r.Replicas.Recommended < *r.Replicas.Current {
		return fmt.Sprintf("the highest recommendation of the last %s s holds (scale-in stabilisation)", number(r.ScaleDown.StabilizationWindowSeconds))
	}
	return fmt.Sprintf("the lowest recommendation of the last %s s holds (scale-out stabilisation)", number(r.ScaleUp.StabilizationWindowSeconds))
}

// orRecent returns the limit, or the policies of a direction that has just used up some of its steps: what is left of them, only the
// controller knows.
func (r *Report) orRecent(by hpa.Limit, recommended int32) hpa.Limit {
	switch current := *r.Replicas.Current; {
	case by != hpa.Unlimited:
	case recommended > current && r.recently(r.ScaleUp) != "":
		return hpa.ScaleUpPolicy
	case recommended < current && r.recently(r.ScaleDown) != "":
		return hpa.ScaleDownPolicy
	}
	return by
}

// recently says, where the last step lies within the policies' periods, that it counts.
func (r *Report) recently(d Direction) string {
	var longest int32
	for _, p := range d.Policies {
		longest = max(longest, p.PeriodSeconds)
	}
	if r.LastScaleTime == nil || r.Time.Sub(*r.LastScaleTime) >= time.Duration(longest)*time.Second {
		return ""
	}
	return fmt.Sprintf(", the step of %.0f s ago included", r.Time.Sub(*r.LastScaleTime).Seconds())
}
