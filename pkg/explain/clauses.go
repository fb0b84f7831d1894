package explain

import (
	"fmt"
	"strings"

	"userscale.dev/userscale/pkg/hpa"
)

// winner is the metric that the HPA follows; only asked for where there is one.
func (r *Report) winner() *Metric {
	for i := range r.Metrics {
		if r.Metrics[i].Wins {
			return &r.Metrics[i]
		}
	}
	return &Metric{}
}

// asks says what the winning metric measures and asks for, and what the others ask for.
func (r *Report) asks() string {
	w := r.winner()
	return fmt.Sprintf("%s, and asks for %d%s", w.stands(), w.Proposal.Replicas, r.others())
}

// stays says why the proposals come to what there is.
func (r *Report) stays() string { return r.winner().holds() + r.others() }

// others says what the metrics ask for that the HPA does not follow.
func (r *Report) others() string {
	var b strings.Builder
	for i := range r.Metrics {
		if m := &r.Metrics[i]; !m.Wins && m.Proposal != nil {
			fmt.Fprintf(&b, "; %s asks for %d", m.title(), m.Proposal.Replicas)
		}
	}
	return b.String()
}

// stands says where a metric stands against its target.
func (m *Metric) stands() string {
	p := m.Proposal
	var text string
	if m.Total != nil && m.Total.Smoothed != nil && !m.Unsmoothed {
		counted, per := p.Counted, " per pod"
		if m.Object != "" {
			counted, per = m.Total.Coverage.Counted, ""
		}
		if m.Object != "" && m.Target.AverageValue != nil {
			per = " per replica"
		}
		text = fmt.Sprintf("%s has a smoothed total of %s in %d counted pods, %s of the target of %s%s",
			m.title(), number(*m.Total.Smoothed), counted, percent(p.Ratio), m.target(), per)
	} else {
		text = fmt.Sprintf("%s is at %s, %s of the target of %s", m.title(), m.amount(p.Usage), percent(p.Ratio), m.target())
	}
	return text + p.filled(m)
}

// filled says how the pods without a value were counted.
func (p *Proposal) filled(m *Metric) string {
	if p.Outcome == hpa.WithinTolerance || p.Outcome == hpa.OutsideTolerance || p.Missing+p.Pending == 0 || p.Ratio == 1 {
		return ""
	}
	var texts []string
	all := p.Counted + p.Missing + p.Pending
	if p.Missing > 0 {
		as := "as 0"
		if p.Ratio < 1 {
			as = "as if at their target"
			if m.Target.AverageValue == nil {
				as = "as if they used all that they request"
			}
		}
		texts = append(texts, fmt.Sprintf("%d of %s have no value%s and count %s", p.Missing, pods(all), parenthesis(m.causes(PartMissing)), as))
	}
	if p.Pending > 0 && p.Ratio > 1 {
		texts = append(texts, fmt.Sprintf("%d of %s are not ready to count and count as 0", p.Pending, pods(all)))
	}
	return fmt.Sprintf(" (%s, which makes it %s)", strings.Join(texts, ", "), percent(p.AdjustedRatio))
}

func parenthesis(text string) string {
	if text == "" {
		return ""
	}
	return " [" + text + "]"
}

// holds says why a metric asks for what there is.
func (m *Metric) holds() string {
	switch p := m.Proposal; p.Outcome {
	case hpa.WithinTolerance, hpa.AdjustedWithinTolerance:
		return fmt.Sprintf("%s, inside the band of %s", m.stands(), m.band())
	case hpa.AdjustedRatioReverses, hpa.AdjustedReplicasReverse:
		return fmt.Sprintf("%s, which would turn its direction around", m.stands())
	default:
		return fmt.Sprintf("%s, and asks for as many", m.stands())
	}
}
