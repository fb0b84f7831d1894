package explain

import (
	"fmt"
	"strings"

	"userscale.dev/userscale/pkg/hpa"
)

// sentence says why the HPA stands where it stands. It is made of nothing but the report.
func (r *Report) sentence() string {
	n := r.Replicas
	switch {
	case r.Target.Problem != "":
		return fmt.Sprintf("Can't scale: its target %s %s %s.", r.Target.Kind, r.Target.Name, r.Target.Problem)
	case len(r.Metrics) == 0:
		return "Can't scale: the HPA names no metric."
	case r.limited(hpa.ScalingDisabled):
		return "Does nothing: " + r.reasons() + "."
	case n.AtLeast:
		return r.partly()
	case n.Recommended == nil && n.Next != nil && *n.Next == *n.Current:
		return "Can't scale: " + r.invalid() + "."
	case n.Recommended == nil && n.Next != nil:
		return fmt.Sprintf("Goes to %d: it is at %d, and %s.", *n.Next, *n.Current, r.reasons())
	case r.limited(InvalidMetric):
		return fmt.Sprintf("Can't scale in: %s; without that it would go to %d.", r.invalid(), *n.Recommended)
	case *n.Recommended == *n.Current:
		return fmt.Sprintf("Stays at %d: %s%s.", *n.Current, r.stays(), r.cannotScaleIn())
	}
	return fmt.Sprintf("%s%s%s.", r.moves(), r.asks(), r.cannotScaleIn())
}

// moves says what comes of a recommendation to change something; what the metrics ask for continues it.
func (r *Report) moves() string {
	n := r.Replicas
	switch {
	case r.limited(Stabilization):
		return fmt.Sprintf("Stays at %d: it would go to %d, but %s; ", *n.Current, *n.Recommended, r.reasons())
	case *n.Next == *n.Current:
		return fmt.Sprintf("Stays at %d, not %d: %s; ", *n.Current, *n.Recommended, r.reasons())
	case *n.Next != *n.Recommended:
		return fmt.Sprintf("Goes to %d, not %d%s: %s; ", *n.Next, *n.Recommended, r.unless(), r.reasons())
	case len(r.Limits) > 0:
		return fmt.Sprintf("Wants %d%s, as soon as its limits allow: %s; ", *n.Recommended, r.unless(), r.reasons())
	}
	return fmt.Sprintf("Wants %d%s: ", *n.Recommended, r.unless())
}

// unless is the reservation that only the controller knows the recommendations of a window.
func (r *Report) unless() string {
	n := r.Replicas
	switch {
	case *n.Recommended < *n.Current && r.ScaleDown.StabilizationWindowSeconds > 0:
		return fmt.Sprintf(", unless a recommendation of the last %s s was higher", number(r.ScaleDown.StabilizationWindowSeconds))
	case *n.Recommended > *n.Current && r.ScaleUp.StabilizationWindowSeconds > 0:
		return fmt.Sprintf(", unless a recommendation of the last %s s was lower", number(r.ScaleUp.StabilizationWindowSeconds))
	}
	return ""
}

func (r *Report) limited(by hpa.Limit) bool {
	for _, l := range r.Limits {
		if l.Name == by {
			return true
		}
	}
	return false
}

// reasons are the limits' messages.
func (r *Report) reasons() string {
	texts := make([]string, len(r.Limits))
	for i, l := range r.Limits {
		texts[i] = l.Message
	}
	return strings.Join(texts, "; then ")
}

// partly is for an HPA with a metric of which only the HPA knows what it makes.
func (r *Report) partly() string {
	var unknown, known []string
	for i := range r.Metrics {
		m := &r.Metrics[i]
		switch {
		case m.Unknown != "":
			unknown = append(unknown, fmt.Sprintf("%s (%s)", m.title(), m.Unknown))
		case m.Invalid != "":
			known = append(known, fmt.Sprintf("%s cannot be read (%s)", m.title(), m.Invalid))
		default:
			known = append(known, fmt.Sprintf("%s asks for %d", m.title(), m.Proposal.Replicas))
		}
	}
	rest := ""
	if len(known) > 0 {
		rest = "; " + strings.Join(known, "; ")
	}
	return fmt.Sprintf("Is at %d, and wants what is only partly known: no proposal is known of %s%s.",
		*r.Replicas.Current, strings.Join(unknown, " and "), rest)
}

// invalid names the metrics that cannot be read.
func (r *Report) invalid() string {
	var texts []string
	for i := range r.Metrics {
		if m := &r.Metrics[i]; m.Invalid != "" {
			texts = append(texts, fmt.Sprintf("%s cannot be read (%s)", m.title(), m.Invalid))
		}
	}
	return strings.Join(texts, "; ")
}

// cannotScaleIn adds the metrics that cannot be read where that makes no difference now.
func (r *Report) cannotScaleIn() string {
	if text := r.invalid(); text != "" {
		return "; " + text + ", which rules out scaling in"
	}
	return ""
}
