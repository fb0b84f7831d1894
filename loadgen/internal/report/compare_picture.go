package report

import (
	"fmt"
	"strings"

	"userscale.dev/userscale/loadgen/internal/stats"
	"userscale.dev/userscale/picture"
)

// Picture is both runs to look at, on one time axis that starts with each.
func (c *Comparison) Picture() *picture.Picture {
	times := ends(c.A, c.B)
	p := &picture.Picture{
		Title: fmt.Sprintf("Two loads: %s and %s", c.NameA, c.NameB),
		Start: c.A.Series.Start,
		Panels: []picture.Panel{
			c.panel("offered", "requests per second", times, func(r *Result) picture.Values { return r.rates(times, offered) }),
			c.panel("done", "requests per second", times, func(r *Result) picture.Values { return r.rates(times, ended) }),
			c.panel("errors", "per second", times, func(r *Result) picture.Values { return r.rates(times, errorsIn) }),
			c.latency("p50", times, p50), c.latency("p95", times, p95), c.latency("p99", times, p99),
			c.panel("in flight", "requests", times, func(r *Result) picture.Values { return r.curve(times, inFlight) }),
			c.panel("the load generator's own CPU", "% of a core", times, func(r *Result) picture.Values { return r.rates(times, cores) }),
		},
		Tables: []picture.Table{{Title: "Side by side", Header: rowHeader}},
	}
	for _, run := range c.runs() {
		p.Facts = append(p.Facts, picture.Fact{
			Name:  run.letter + ": " + run.name,
			Value: fmt.Sprintf("%s; %s; %s%s", run.StartTime.Format("2006-01-02 15:04:05 MST"), strings.Join(run.targets(), "; "), run.loop(), run.interruption()),
		})
	}
	if differences := c.differences(); len(differences) > 0 {
		p.Remarks = []string{"Not the same load:\n" + strings.Join(differences, "\n")}
	}
	for _, row := range c.rows() {
		p.Tables[0].Rows = append(p.Tables[0].Rows, row.cells())
	}
	return p
}

func (c *Comparison) panel(title, unit string, times []float64, of func(*Result) picture.Values) picture.Panel {
	p := picture.Panel{Title: title, Unit: unit, Times: times}
	for _, run := range c.runs() {
		p.Series = append(p.Series, picture.Series{Name: run.letter, Color: run.color, Dashed: run.dashed, Values: of(run.Result)})
	}
	return p
}

func (c *Comparison) latency(name string, times []float64, of func(*stats.Second) float64) picture.Panel {
	p := c.panel("latency, "+name, picture.Seconds, times, func(r *Result) picture.Values { return r.curve(times, of) })
	p.Log = true
	return p
}
