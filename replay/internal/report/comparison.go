package report

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"text/tabwriter"

	"userscale.dev/userscale/picture"
	"userscale.dev/userscale/replay/internal/compare"
	"userscale.dev/userscale/replay/internal/score"
	"userscale.dev/userscale/replay/internal/timeline"
)

// Comparison is several policies side by side.
type Comparison struct {
	Rows  []compare.Row
	First []*timeline.Timeline // each policy's run with the first seed, for the picture
}

// JSON is part of [Report].
func (c Comparison) JSON() any {
	return struct {
		Rows []compare.Row `json:"policies"`
	}{c.Rows}
}

// WriteText is part of [Report].
func (c Comparison) WriteText(w io.Writer) error {
	for _, t := range c.tables() {
		out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintf(out, "%s\n", t.Title)
		for _, row := range append([][]string{t.Header}, t.Rows...) {
			for _, text := range row {
				fmt.Fprintf(out, "%s\t", text)
			}
			fmt.Fprintln(out)
		}
		fmt.Fprintln(out)
		if err := out.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// CSV is part of [Report]: one line for each policy, control and seed.
func (c Comparison) CSV() [][]string {
	header := []string{"policy", "control", "run"}
	for _, m := range score.Measures() {
		header = append(header, m.Key)
	}
	rows := [][]string{header}
	add := func(name string, control bool, scores []score.Scores) {
		for i := range scores {
			row := []string{name, strconv.FormatBool(control), strconv.Itoa(i)}
			for _, m := range score.Measures() {
				row = append(row, cell(m.Of(scores[i])))
			}
			rows = append(rows, row)
		}
	}
	for _, r := range c.Rows {
		add(r.Name, false, r.Scores)
		if r.Control != nil {
			add(r.Name, true, r.Control.Scores)
		}
	}
	return rows
}

// Picture is part of [Report]: the ready pods of each policy over the demand, and the tables.
func (c Comparison) Picture() *picture.Picture {
	out := &picture.Picture{Title: "Policies side by side", Tables: c.tables()}
	for i, run := range c.First {
		points, remarks := thinned(run.Points)
		if i == 0 {
			remarks = append(remarks, "Curves are of the first seed.")
			out.Remarks = remarks
			out.Panels = []picture.Panel{
				{Title: "Demand", Unit: "users", Times: timesOf(points), Series: []picture.Series{
					{Name: "users", Color: picture.Blue, Thin: true, Values: curve(points, func(p *timeline.Point) timeline.Value { return timeline.Known(p.Users) })},
				}},
			}
		}
		out.Panels = append(out.Panels, picture.Panel{Title: c.Rows[i].Name + ": pods", Times: timesOf(points), Events: moments(run), Series: []picture.Series{
			{Name: "needed", Color: picture.Grey, Thin: true, Held: true, Values: curve(points, func(p *timeline.Point) timeline.Value {
				return timeline.Known(max(1, math.Ceil(p.Users/run.PodCapacity)))
			})},
			{Name: "ready", Color: picture.Green, Held: true, Values: curve(points, func(p *timeline.Point) timeline.Value { return timeline.Known(float64(p.Ready)) })},
		}})
	}
	return out
}

// tables are the scores' means, and the differences from the controls.
func (c Comparison) tables() []picture.Table {
	means := picture.Table{Title: "Means over the seeds", Header: []string{""}}
	against := picture.Table{
		Title:  fmt.Sprintf("Against the raw signal at equal cost: means with %.0f %% intervals", 100*score.Level),
		Header: []string{"", "control's target"},
	}
	for _, m := range score.Measures() {
		means.Rows = append(means.Rows, []string{unit(m)})
		for i, r := range c.Rows {
			means.Rows[len(means.Rows)-1] = append(means.Rows[len(means.Rows)-1], number(compare.Mean(r.Scores, m.Of)))
			if len(means.Rows) == 1 {
				means.Header = append(means.Header, c.Rows[i].Name)
			}
		}
	}
	chosen := compare.Headline()
	for _, m := range chosen {
		against.Header = append(against.Header, unit(m)+": difference", "ratio")
	}
	for _, r := range c.Rows {
		if r.Control == nil {
			continue
		}
		row := []string{r.Name, fmt.Sprintf("%.3g", r.Control.Target)}
		if r.Control.Note != "" {
			row[1] += " (" + r.Control.Note + ")"
		}
		for _, m := range chosen {
			v := compare.Versus([]compare.Row{r}, m.Of)
			row = append(row, Interval("%+.2f", v.Difference), Interval("%.2f", v.Ratio))
		}
		against.Rows = append(against.Rows, row)
	}
	if len(against.Rows) == 0 {
		return []picture.Table{means}
	}
	return []picture.Table{means, against}
}

func unit(m score.Measure) string {
	if m.Unit == "" {
		return m.Name
	}
	return m.Name + ", " + m.Unit
}

// Interval shows an estimate with its bounds, if it has any.
func Interval(format string, i score.Interval) string {
	switch {
	case math.IsNaN(i.Estimate):
		return "–"
	case math.IsNaN(i.Low):
		return fmt.Sprintf(format, i.Estimate)
	}
	return fmt.Sprintf(format+" ["+format+", "+format+"]", i.Estimate, i.Low, i.High)
}
