package report

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"userscale.dev/userscale/loadgen/internal/request"
)

// WriteText writes the result for people.
func (r *Result) WriteText(w io.Writer) error {
	var out bytes.Buffer
	for _, target := range r.targets() {
		fmt.Fprintln(&out, target)
	}
	fmt.Fprintf(&out, "%s%s\n\n", r.loop(), r.interruption())
	r.counts(&out)
	r.latencies(&out)
	_, err := out.WriteTo(w)
	return err
}

// targets are what was asked for, each scenario with its address.
func (r *Result) targets() []string {
	if len(r.Scenarios) == 0 {
		return []string{r.Scenario + "  " + r.URL}
	}
	var targets []string
	for _, s := range r.Scenarios {
		targets = append(targets, s.Name+"  "+s.URL)
	}
	return targets
}

// loop says how load was made.
func (a *Asked) loop() string {
	duration := inTime(a.DurationSeconds)
	parts := []string{fmt.Sprintf("closed loop: %s users for %s", a.Load, duration)}
	if a.open() {
		parts[0] = fmt.Sprintf("open loop: %s/s for %s", a.Load, duration)
		parts = append(parts, a.Arrivals, fmt.Sprintf("at most %d in flight", a.InFlight))
	} else if a.Think != "" {
		parts = append(parts, "thinking "+a.Think)
	}
	if a.Count > 0 {
		parts = append(parts, fmt.Sprintf("at most %d requests", a.Count))
	}
	if a.UserKey != request.NoKey {
		parts = append(parts, fmt.Sprintf("%d user keys in the %s", a.Users, a.UserKey))
	}
	connections := "a new connection per request"
	if a.KeepAlive {
		connections = "connections reused"
	}
	return strings.Join(append(parts, connections, fmt.Sprintf("seed %d", a.Seed)), ", ")
}

func (r *Result) interruption() string {
	if !r.Interrupted {
		return ""
	}
	return "; interrupted after " + words3(r.ElapsedSeconds)
}

func (r *Result) counts(w io.Writer) {
	fmt.Fprintf(w, "requests     %d in %s, %.1f/s\n", r.Requests, words3(r.ElapsedSeconds), r.Rate)
	fmt.Fprintf(w, "successes    %d\n", r.Successes)
	fmt.Fprintf(w, "errors       %d\n", r.Errors)
	for _, kind := range r.kinds() {
		fmt.Fprintf(w, "  %-11s  %d", kind, r.ErrorsByKind[kind])
		if example := r.ErrorExamples[kind]; example != "" {
			fmt.Fprintf(w, "  (first: %s)", example)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "cut off      %d\n", r.CutOff)
	fmt.Fprintf(w, "connections  %d\n", r.Connections)
	fmt.Fprintf(w, "own CPU      %s\n\n", r.ownCPU())
	if r.WarmUpSeconds > 0 {
		fmt.Fprintf(w, "without the %d requests of the warm-up, %s:\n", r.WarmUp, inTime(r.WarmUpSeconds))
	}
}

// ownCPU says what the load generator itself used: a load that it could not keep up with would say little of the target.
func (r *Result) ownCPU() string {
	used := words3(r.CPUSeconds)
	if r.ElapsedSeconds <= 0 {
		return used
	}
	return fmt.Sprintf("%s, %.1f %% of a core", used, 100*r.CPUSeconds/r.ElapsedSeconds)
}

// kinds lists the kinds of errors, most frequent first.
func (r *Result) kinds() []request.Kind {
	names := slices.Sorted(maps.Keys(r.ErrorsByKind))
	slices.SortStableFunc(names, func(a, b request.Kind) int { return int(r.ErrorsByKind[b] - r.ErrorsByKind[a]) })
	return names
}

func (r *Result) latencies(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "latency\tcount\t%s\t\n", strings.Join(quantileNames, "\t"))
	for _, row := range r.latencyRows() {
		fmt.Fprintf(table, "%s\t\n", strings.Join(row, "\t"))
	}
	_ = table.Flush() // a summary for people: there is nobody else to tell
}

// latencyRows are the latencies in words.
func (r *Result) latencyRows() [][]string {
	rows := [][]string{latencyRow("all", r.Latency.All), latencyRow("successes", r.Latency.Successes)}
	for _, s := range r.Scenarios {
		rows = append(rows, latencyRow(s.Name, s.Latency))
	}
	return append(rows, latencyRow("sent late by", r.Latency.Late))
}

func latencyRow(name string, l *Latency) []string {
	if l == nil {
		return append([]string{name, "0"}, slices.Repeat([]string{"-"}, len(quantileNames))...)
	}
	row := []string{name, fmt.Sprint(l.Count)}
	for _, v := range l.quantiles() {
		row = append(row, words3(v))
	}
	return row
}

// words3 prints seconds as a duration with three significant digits.
func words3(seconds float64) string { return round(inTime(seconds)) }

// inTime is the duration of so many seconds.
func inTime(seconds float64) time.Duration {
	return time.Duration(seconds * float64(time.Second)).Round(time.Microsecond)
}

// round prints d with three significant digits.
func round(d time.Duration) string {
	scale := time.Duration(1)
	for scale <= d/10 {
		scale *= 10
	}
	return d.Round(scale / 100).String()
}
