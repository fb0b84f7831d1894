package report

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"userscale.dev/userscale/picture"
	"userscale.dev/userscale/replay/internal/score"
	"userscale.dev/userscale/replay/internal/timeline"
)

// Run is one replay.
type Run struct {
	Timeline *timeline.Timeline
	Scores   score.Scores
}

// OfRun scores a run.
func OfRun(t *timeline.Timeline) Run { return Run{t, score.Of(t)} }

// JSON is part of [Report].
func (r Run) JSON() any {
	return struct {
		Scores   score.Scores       `json:"scores"`
		Timeline *timeline.Timeline `json:"timeline"`
	}{r.Scores, r.Timeline}
}

// WriteText is part of [Report]: the decisions, and the scores.
func (r Run) WriteText(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0) // it keeps its first error for Flush
	fmt.Fprintf(out, "%s on %s, seed %d\n\n", r.Timeline.Policy, r.Timeline.Trace, r.Timeline.Seed)
	for i := range r.Timeline.Decisions {
		d := &r.Timeline.Decisions[i]
		fmt.Fprintf(out, "%s\t%d → %d\t%s\t%s\n", clock(d.T), d.From, d.To, d.Reason, d.Limit)
	}
	fmt.Fprintln(out)
	for _, m := range score.Measures() {
		fmt.Fprintf(out, "%s\t%s\t%s\n", m.Name, number(m.Of(r.Scores)), m.Unit)
	}
	return out.Flush()
}

func clock(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(100 * time.Millisecond).String()
}

// CSV is part of [Report]: what each second was like.
func (r Run) CSV() [][]string {
	rows := [][]string{{"t_seconds", "users", "served", "desired", "ready", "running", "started", "raw", "smoothed", "cpu_percent", "gpu_percent"}}
	for i := range r.Timeline.Points {
		p := &r.Timeline.Points[i]
		rows = append(rows, []string{
			strconv.Itoa(int(p.T)), cell(timeline.Known(p.Users)), cell(timeline.Known(p.Served)), strconv.Itoa(int(p.Desired)), strconv.Itoa(int(p.Ready)),
			strconv.Itoa(int(p.Running)), strconv.Itoa(int(p.Started)), cell(p.Raw), cell(p.Smoothed), cell(p.CPU), cell(p.GPU),
		})
	}
	return rows
}

// Picture is part of [Report]: demand against capacity, pods with every decision, and use.
func (r Run) Picture() *picture.Picture {
	t := r.Timeline
	points, remark := thinned(t.Points)
	times := timesOf(points)
	known := func(of func(*timeline.Point) float64) picture.Values {
		return curve(points, func(p *timeline.Point) timeline.Value { return timeline.Known(of(p)) })
	}
	out := &picture.Picture{
		Title: fmt.Sprintf("%s on %s", filepath.Base(t.Policy), filepath.Base(t.Trace)), Remarks: remark,
		Facts: r.facts(),
		Panels: []picture.Panel{
			{Title: "Users", Times: times, Series: []picture.Series{
				{Name: "demand", Color: picture.Grey, Thin: true, Values: known(func(p *timeline.Point) float64 { return p.Users })},
				{Name: "capacity of the ready pods", Color: picture.Green, Held: true, Values: known(func(p *timeline.Point) float64 { return float64(p.Ready) * t.PodCapacity })},
				{Name: "raw total", Color: picture.Sky, Thin: true, Values: curve(points, func(p *timeline.Point) timeline.Value { return p.Raw })},
				{Name: "smoothed total", Color: picture.Blue, Values: curve(points, func(p *timeline.Point) timeline.Value { return p.Smoothed })},
			}},
			{Title: "Pods", Times: times, Events: moments(t), Series: []picture.Series{
				{Name: "desired", Color: picture.Blue, Held: true, Dashed: true, Values: known(func(p *timeline.Point) float64 { return float64(p.Desired) })},
				{Name: "ready", Color: picture.Green, Held: true, Values: known(func(p *timeline.Point) float64 { return float64(p.Ready) })},
				{Name: "paid for", Color: picture.Orange, Held: true, Thin: true, Values: known(func(p *timeline.Point) float64 { return float64(p.Running) })},
			}},
			{Title: "Use of the ready pods", Unit: "%", Times: times, Series: measured(
				picture.Series{Name: "CPU", Color: picture.Orange, Thin: true, Values: curve(points, func(p *timeline.Point) timeline.Value { return p.CPU })},
				picture.Series{Name: "GPU", Color: picture.Purple, Thin: true, Values: curve(points, func(p *timeline.Point) timeline.Value { return p.GPU })},
			)},
		},
	}
	return out
}

// measured are those of some series that have a value at all: where there are no GPUs, there is nothing to name.
func measured(all ...picture.Series) []picture.Series {
	return slices.DeleteFunc(all, func(s picture.Series) bool { return !slices.ContainsFunc(s.Values, known) })
}

func known(value float64) bool { return !picture.IsAbsent(value) }

func (r Run) facts() []picture.Fact {
	t := r.Timeline
	facts := []picture.Fact{{Name: "seed", Value: strconv.FormatUint(t.Seed, 10)}, {Name: "users that a pod can serve", Value: fmt.Sprintf("%g", t.PodCapacity)}, {Name: "pods start in", Value: fmt.Sprintf("%g s", t.PodStart)}}
	for _, m := range score.Measures() {
		value := number(m.Of(r.Scores))
		if _, known := m.Of(r.Scores).Get(); known && m.Unit != "" {
			value += " " + m.Unit
		}
		facts = append(facts, picture.Fact{Name: m.Name, Value: value})
	}
	return facts
}

// moments are the decisions and what else happened, in the order of time.
func moments(t *timeline.Timeline) []picture.Moment {
	var out []picture.Moment
	for i := range t.Decisions {
		d := &t.Decisions[i]
		out = append(out, picture.Moment{At: d.T, Name: fmt.Sprintf("%d\u00a0→\u00a0%d", d.From, d.To), Text: reason(d)})
	}
	for i := range t.Events {
		e := &t.Events[i]
		out = append(out, picture.Moment{At: e.T, Name: e.Source + ": " + e.Reason, Text: e.Text})
	}
	slices.SortStableFunc(out, func(a, b picture.Moment) int { return cmp.Compare(a.At, b.At) })
	return out
}

// reason is why a decision was made: the HPA's words, and what each metric came to.
func reason(d *timeline.Decision) string {
	var out strings.Builder
	out.WriteString(d.Reason)
	for _, m := range d.Metrics {
		fmt.Fprintf(&out, "; %s: %s, target %s", m.Metric, number(m.Value), number(m.Target))
		if m.Replicas != nil {
			fmt.Fprintf(&out, ", proposes %d", *m.Replicas)
		}
	}
	if d.Limit != "" {
		out.WriteString("; " + d.Limit)
	}
	return out.String()
}

// most is how many points a picture shows at most: more make pages that browsers are slow with.
const most = 30_000

// thinned are every n-th of too many points, and a remark that says so.
func thinned(points []timeline.Point) ([]timeline.Point, []string) {
	n := (len(points) + most - 1) / most
	if n <= 1 {
		return points, nil
	}
	var some []timeline.Point
	for i := 0; i < len(points); i += n {
		some = append(some, points[i])
	}
	return some, []string{fmt.Sprintf("Curves show one second in %d; scores are of all.", n)}
}

func timesOf(points []timeline.Point) []float64 {
	times := make([]float64, len(points))
	for i := range points {
		times[i] = float64(points[i].T)
	}
	return times
}
