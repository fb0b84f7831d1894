package explain

import (
	"fmt"
	"slices"
	"strings"
)

func (r *Report) writeMetrics(b *strings.Builder) {
	rows := []string{"METRIC\tTARGET\tIS AT\tOF TARGET\tBAND\tPODS\tASKS FOR"}
	for i := range r.Metrics {
		rows = append(rows, r.Metrics[i].row())
	}
	table(b, rows)
}

func (m *Metric) row() string {
	cells := []string{m.title(), m.target()}
	switch p := m.Proposal; {
	case m.Unknown != "":
		seen := "-"
		if m.Seen != nil {
			seen = m.amount(*m.Seen)
		}
		cells = append(cells, seen, "-", m.band(), "-", "proposal not known: "+m.Unknown)
	case p == nil:
		cells = append(cells, "-", "-", m.band(), "-", "cannot be read")
	default:
		ratio := percent(p.Ratio)
		if p.AdjustedRatio != p.Ratio {
			ratio += ", counted as " + percent(p.AdjustedRatio)
		}
		asks := fmt.Sprint(p.Replicas)
		if m.Wins {
			asks += " (wins)"
		}
		parts := p.text()
		if m.Object != "" {
			parts = "-"
		}
		cells = append(cells, m.amount(p.Usage), ratio, m.band(), parts, asks)
	}
	return strings.Join(cells, "\t")
}

func (p *Proposal) text() string {
	text := fmt.Sprintf("%d counted", p.Counted)
	for _, part := range []struct {
		n    int
		name Part
	}{{p.Missing, PartMissing}, {p.Pending, PartPending}, {p.Ignored, PartIgnored}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.name)
		}
	}
	return text
}

// writePods lists the pods of a metric that this adapter measures.
func (m *Metric) writePods(b *strings.Builder) {
	t := m.Total
	smoothed := "-"
	if t.Smoothed != nil {
		smoothed = number(*t.Smoothed)
	}
	text := fmt.Sprintf("%s: raw total %s, smoothed %s (half-life %s s up, %s s down); %d of %d expected pods counted",
		m.title(), number(t.Raw), smoothed, number(t.RiseHalfLifeSeconds), number(t.FallHalfLifeSeconds), t.Coverage.Counted, t.Coverage.Expected)
	if t.Coverage.Minimum > 0 {
		text += fmt.Sprintf(", at least %s wanted", percent(t.Coverage.Minimum))
	}
	b.WriteString("\n")
	wrap(b, text+fmt.Sprintf("; values are used for %s s", number(t.MaxAgeSeconds)), 118)
	if len(m.Pods) == 0 {
		return
	}
	noted := slices.ContainsFunc(m.Pods, func(p Pod) bool { return p.Note != "" })
	heads := []string{"POD", "PART", "STATE", "RAW", "SHARE", "AGE"}
	if noted {
		heads = append(heads, "NOTE")
	}
	rows := []string{strings.Join(append(heads, "REASON"), "\t")}
	for i := range m.Pods {
		rows = append(rows, m.Pods[i].row(noted))
	}
	table(b, rows)
}

func (p *Pod) row(noted bool) string {
	raw, share, age := "-", "-", "-"
	if p.Raw != nil {
		raw = number(*p.Raw)
	}
	if p.Share != nil {
		share = fmt.Sprintf("%.3f", *p.Share)
	}
	if p.AgeSeconds != nil {
		age = fmt.Sprintf("%.1f s", *p.AgeSeconds)
	}
	reason := p.Reason
	if p.Detail != "" {
		reason += ": " + strings.Join(strings.Fields(p.Detail), " ")
	}
	cells := []string{p.Name, dash(string(p.Part)), dash(string(p.State)), raw, share, age}
	if noted {
		cells = append(cells, dash(p.Note))
	}
	return strings.Join(append(cells, reason), "\t")
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
