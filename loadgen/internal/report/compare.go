package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"userscale.dev/userscale/loadgen/internal/request"
	"userscale.dev/userscale/picture"
)

// Comparison is two runs side by side.
type Comparison struct {
	A, B         *Result
	NameA, NameB string // of the files they are from
}

// row is one figure of both runs; a nil one is absent.
type row struct {
	name string
	a, b *float64
	show func(float64) string
}

// cells are the row in words: both figures, their difference and their ratio.
func (r row) cells() []string {
	cells := []string{r.name, "–", "–", "–", "–"}
	if r.a != nil {
		cells[1] = r.show(*r.a)
	}
	if r.b != nil {
		cells[2] = r.show(*r.b)
	}
	if r.a == nil || r.b == nil {
		return cells
	}
	cells[3] = r.difference(*r.b - *r.a)
	if *r.a != 0 {
		cells[4] = strconv.FormatFloat(*r.b / *r.a, 'g', 3, 64)
	}
	return cells
}

func (r row) difference(d float64) string {
	switch {
	case d > 0:
		return "+" + r.show(d)
	case d < 0:
		return "−" + r.show(-d)
	}
	return "0"
}

// nameWidth is that of the longest name, which puts all of them flush left in a table that is flush right.
const nameWidth = len("p99.9 of successes")

var rowHeader = []string{"", "A", "B", "B − A", "B / A"}

// rows are all figures of both runs.
func (c *Comparison) rows() []row {
	whole := func(v float64) string { return strconv.FormatFloat(v, 'f', 0, 64) }
	rate := func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
	count := func(name string, a, b int64) row { return row{name, float(a), float(b), whole} }
	a, b := c.A, c.B
	rows := []row{
		count("requests", a.Requests, b.Requests),
		{"per second", &a.Rate, &b.Rate, rate},
		{"elapsed", &a.ElapsedSeconds, &b.ElapsedSeconds, words3},
		count("successes", a.Successes, b.Successes),
		count("errors", a.Errors, b.Errors),
	}
	for _, kind := range c.kinds() {
		rows = append(rows, count("  "+string(kind), a.ErrorsByKind[kind], b.ErrorsByKind[kind]))
	}
	rows = append(rows,
		count("cut off", a.CutOff, b.CutOff),
		count("connections", a.Connections, b.Connections),
		row{"own CPU", &a.CPUSeconds, &b.CPUSeconds, words3},
	)
	rows = append(rows, quantileRows("of all", a.Latency.All, b.Latency.All)...)
	rows = append(rows, quantileRows("of successes", a.Latency.Successes, b.Latency.Successes)...)
	for _, s := range a.Scenarios {
		rows = append(rows, quantileRows("of "+s.Name, s.Latency, b.latencyOf(s.Name))...)
	}
	return append(rows, quantileRows("sent late", a.Latency.Late, b.Latency.Late)...)
}

func float(n int64) *float64 { v := float64(n); return &v }

// quantileRows are none if neither run has any.
func quantileRows(of string, a, b *Latency) []row {
	if a == nil && b == nil {
		return nil
	}
	var rows []row
	for i, name := range quantileNames {
		at := func(l *Latency) *float64 {
			if l == nil {
				return nil
			}
			return &l.quantiles()[i]
		}
		rows = append(rows, row{name + " " + of, at(a), at(b), words3})
	}
	return rows
}

// latencyOf is that of one of several scenarios, if there is such a one.
func (r *Result) latencyOf(scenario string) *Latency {
	for _, s := range r.Scenarios {
		if s.Name == scenario {
			return s.Latency
		}
	}
	return nil
}

func (c *Comparison) kinds() []request.Kind {
	both := maps.Clone(c.A.ErrorsByKind)
	if both == nil {
		both = map[request.Kind]int64{}
	}
	maps.Copy(both, c.B.ErrorsByKind)
	return slices.Sorted(maps.Keys(both))
}

// differences say in what the runs were asked for different things.
func (c *Comparison) differences() []string {
	a, b := c.A.asked(), c.B.asked()
	names := maps.Clone(a)
	maps.Copy(names, b)
	var found []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		inA, inB := cmp.Or(a[name], "nothing"), cmp.Or(b[name], "nothing")
		if inA != inB {
			found = append(found, fmt.Sprintf("%s: %s in A, %s in B", name, inA, inB))
		}
	}
	return found
}

// asked is what was asked for, in words, by the names of the JSON form.
func (r *Result) asked() map[string]string {
	words := map[string]string{}
	fields := map[string]json.RawMessage{}
	text, err := json.Marshal(r.Asked)
	if err == nil {
		err = json.Unmarshal(text, &fields)
	}
	if err != nil { // what was asked for came from JSON, or goes there: it has nothing without a form
		words["asked"] = err.Error()
	}
	for name, value := range fields {
		words[name] = string(value)
	}
	for _, s := range r.Scenarios {
		words["scenarios."+s.Name+".url"] = strconv.Quote(s.URL)
	}
	return words
}

// WriteText writes the comparison for people.
func (c *Comparison) WriteText(w io.Writer) error {
	var out bytes.Buffer
	for _, run := range c.runs() {
		fmt.Fprintf(&out, "%s  %s, %s\n   %s\n   %s%s\n", run.letter, run.name, run.StartTime.Format("2006-01-02 15:04:05 MST"),
			strings.Join(run.targets(), "\n   "), run.loop(), run.interruption())
	}
	if differences := c.differences(); len(differences) > 0 {
		fmt.Fprintf(&out, "\nNot the same load:\n  %s\n", strings.Join(differences, "\n  "))
	}
	fmt.Fprintln(&out)
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "%s\t\n", strings.Join(rowHeader, "\t"))
	for _, row := range c.rows() {
		cells := row.cells()
		fmt.Fprintf(table, "%-*s\t%s\t\n", nameWidth, cells[0], strings.Join(cells[1:], "\t"))
	}
	_ = table.Flush() // to memory
	_, err := out.WriteTo(w)
	return err
}

// lettered is one of two runs.
type lettered struct {
	*Result
	letter, name string
	color        picture.Color
	dashed       bool
}

func (c *Comparison) runs() []lettered {
	return []lettered{{c.A, "A", c.NameA, picture.Blue, false}, {c.B, "B", c.NameB, picture.Orange, true}}
}
