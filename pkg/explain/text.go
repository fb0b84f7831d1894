package explain

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Write prints the reports for people: for each HPA the sentence, then its counts and limits, its metrics, and their pods.
func Write(w io.Writer, list List) error {
	var b strings.Builder
	for i := range list.Items {
		if i > 0 {
			b.WriteString("\n")
		}
		list.Items[i].write(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) write(b *strings.Builder) {
	fmt.Fprintf(b, "%s/%s\n", r.Namespace, r.Name)
	wrap(b, r.Sentence, 118)
	r.writeCounts(b)
	r.writeMetrics(b)
	for i := range r.Metrics {
		if m := &r.Metrics[i]; m.Total != nil {
			m.writePods(b)
		}
	}
}

// wrap indents a text by two and breaks it between words.
func wrap(b *strings.Builder, text string, width int) {
	used := 0
	for word := range strings.FieldsSeq(text) {
		if used > 0 && used+1+len(word) > width {
			b.WriteString("\n")
			used = 0
		}
		if used == 0 {
			b.WriteString("  ")
		} else {
			b.WriteString(" ")
			used++
		}
		b.WriteString(word)
		used += len(word)
	}
	b.WriteString("\n")
}

// table writes rows, aligned and indented by two; the cells of a row are separated by tabs.
func table(b *strings.Builder, rows []string) {
	var aligned strings.Builder
	t := tabwriter.NewWriter(&aligned, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintf(t, "  %s\n", row)
	}
	t.Flush() //nolint:errcheck // a builder takes everything
	b.WriteString("\n")
	for line := range strings.Lines(aligned.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n") // the last cell may be empty
	}
}

func (r *Report) writeCounts(b *strings.Builder) {
	n := r.Replicas
	rows := []string{
		fmt.Sprintf("Target\t%s %s", r.Target.Kind, r.Target.Name),
		fmt.Sprintf("Replicas\t%s now, %s recommended, %s next; %d to %d allowed; %d desired at the HPA's last pass",
			count(n.Current), count(n.Recommended), count(n.Next), n.Min, n.Max, n.Desired),
		"Out\t" + r.ScaleUp.text("added"),
		"In\t" + r.ScaleDown.text("removed"),
	}
	if s := r.Smoothing; s != nil {
		rows = append(rows, "Annotations\t"+s.text())
	}
	for _, c := range r.Conditions {
		rows = append(rows, fmt.Sprintf("%s\t%s, %s: %s", c.Type, c.Status, c.Reason, c.Message))
	}
	table(b, rows)
}

func (d Direction) text(done string) string {
	return fmt.Sprintf("%s; tolerance %s, window %s s", d.steps(done), percent(d.Tolerance), number(d.StabilizationWindowSeconds))
}

func (s *Smoothing) text() string {
	if s.Problem != "" {
		return "not followed: " + strings.ReplaceAll(s.Problem, "\n", "; ")
	}
	var texts []string
	if s.RiseHalfLifeSeconds != nil {
		texts = append(texts, fmt.Sprintf("half-life of a rise %s s", number(*s.RiseHalfLifeSeconds)))
	}
	if s.FallHalfLifeSeconds != nil {
		texts = append(texts, fmt.Sprintf("half-life of a fall %s s", number(*s.FallHalfLifeSeconds)))
	}
	return "instead of the adapter's configuration: " + strings.Join(texts, ", ")
}

func count(n *int32) string {
	if n == nil {
		return "?"
	}
	return fmt.Sprint(*n)
}
