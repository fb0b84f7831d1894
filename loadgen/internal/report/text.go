package report

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"userscale.dev/userscale/loadgen/internal/request"
	"userscale.dev/userscale/loadgen/internal/stats"
)

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer) error {
	var out bytes.Buffer
	for _, share := range r.Mix {
		fmt.Fprintf(&out, "%s  %s\n", share.Scenario, share.URL)
	}
	fmt.Fprintf(&out, "%s%s\n\n", r.loop(), r.interruption())
	r.counts(&out)
	r.latencies(&out)
	_, err := out.WriteTo(w)
	return err
}

func (r *Report) interruption() string {
	if !r.Interrupted {
		return ""
	}
	return "; interrupted after " + round(r.Elapsed)
}

func (r *Report) counts(w io.Writer) {
	fmt.Fprintf(w, "requests     %d in %s, %.1f/s\n", r.Requests, round(r.Elapsed), r.RequestRate())
	fmt.Fprintf(w, "successes    %d\n", r.Successes)
	fmt.Fprintf(w, "errors       %d\n", r.Errors)
	for _, kind := range r.kinds() {
		fmt.Fprintf(w, "  %-11s  %d", kind, r.ErrorsByKind[kind])
		if example := r.Examples[kind]; example != "" {
			fmt.Fprintf(w, "  (first: %s)", example)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "cut off      %d\n", r.CutOff)
	fmt.Fprintf(w, "connections  %d\n", r.Connections)
	fmt.Fprintf(w, "own CPU      %s\n\n", round(r.CPU))
	if r.Options.WarmUp > 0 {
		fmt.Fprintf(w, "without the %d requests of the warm-up, %s:\n", r.Summary.WarmUp, r.Options.WarmUp)
	}
}

// kinds lists the kinds of errors, most frequent first.
func (r *Report) kinds() []request.Kind {
	names := slices.Sorted(maps.Keys(r.ErrorsByKind))
	slices.SortStableFunc(names, func(a, b request.Kind) int { return int(r.ErrorsByKind[b] - r.ErrorsByKind[a]) })
	return names
}

func (r *Report) latencies(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "latency\tcount\tmin\tmean\tp50\tp90\tp95\tp99\tp99.9\tmax\t")
	row(table, "all", r.All)
	row(table, "successes", r.Successful)
	for _, s := range r.Scenarios {
		row(table, s.Name, s.All)
	}
	row(table, "sent late by", r.Late)
	_ = table.Flush() // a summary for people: there is nobody else to tell
}

func row(w io.Writer, name string, l *stats.Latency) {
	if l == nil {
		fmt.Fprintf(w, "%s\t0\t-\t-\t-\t-\t-\t-\t-\t-\t\n", name)
		return
	}
	fmt.Fprintf(w, "%s\t%d\t", name, l.Count)
	for _, d := range []time.Duration{l.Min, l.Mean, l.P50, l.P90, l.P95, l.P99, l.P999, l.Max} {
		fmt.Fprintf(w, "%s\t", round(d))
	}
	fmt.Fprintln(w)
}

// round prints d with three significant digits.
func round(d time.Duration) string {
	scale := time.Duration(1)
	for scale <= d/10 {
		scale *= 10
	}
	return d.Round(scale / 100).String()
}
