package main

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"userscale.dev/userscale/replay/internal/compare"
	"userscale.dev/userscale/replay/internal/report"
	"userscale.dev/userscale/replay/internal/score"
)

// write puts the results of the cells into both places.
func (o settings) write(cells []cell) error {
	return o.keep("summary.json", summarise(cells), benchMarks, tables(cells))
}

type summary struct {
	OK     bool           `json:"ok"`
	Checks []report.Check `json:"checks"`
	Cells  []cell         `json:"cells"`
}

// summarise checks that the comparison is one: not what came out of it, but that each control costs what its policy costs.
func summarise(cells []cell) summary {
	s := summary{OK: true, Cells: cells}
	for _, c := range cells {
		for _, row := range c.Rows {
			hours := score.Pair{}
			for i := range row.Scores {
				hours.Policy += row.Scores[i].PodHours
				hours.Control += row.Control.Scores[i].PodHours
			}
			off := hours.Control/hours.Policy - 1
			k := report.Check{
				Name: fmt.Sprintf("%s, %s: cost of the control", c.name(), row.Name),
				Want: fmt.Sprintf("within %.0f", 100*compare.CostTolerance), Got: fmt.Sprintf("%+.2f", 100*off), Unit: "%",
				OK: math.Abs(off) <= compare.CostTolerance, Note: row.Control.Note,
			}
			s.OK = s.OK && k.OK
			s.Checks = append(s.Checks, k)
		}
	}
	return s
}

// tables are who wins and loses where, all cells together, those of traces and those of shapes, and then each.
func tables(cells []cell) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%d seeds in each cell; intervals are 95 %% (BCa bootstrap of pairs, %d draws).\n", len(cells[0].Rows[0].Scores), score.Resamples)
	fmt.Fprintf(&out, "\n### In how many of the %d cells each wins and loses\n\n%s", len(cells), verdictTable(judged(cells)))
	together(&out, "cells of traces", cells, func(c *cell) bool { return c.Recorded })
	together(&out, "cells of shapes", cells, func(c *cell) bool { return !c.Recorded })
	for i := range cells {
		c := &cells[i]
		fmt.Fprintf(&out, "\n### `%s`, %.1f h, noise %s, pods start in %g s\n\n%s", c.Load, c.Hours, c.Noise, c.PodStart, header)
		for _, row := range c.Rows {
			line(&out, []compare.Row{row})
		}
	}
	return out.String()
}

// together has each policy over several cells, if there are any.
func together(out *strings.Builder, what string, cells []cell, among func(*cell) bool) {
	var chosen []cell
	for i := range cells {
		if among(&cells[i]) {
			chosen = append(chosen, cells[i])
		}
	}
	if len(chosen) == 0 {
		return
	}
	fmt.Fprintf(out, "\n### All %d %s, which count alike\n\n%s", len(chosen), what, header)
	for i := range chosen[0].Rows {
		var rows []compare.Row
		for _, c := range chosen {
			rows = append(rows, c.Rows[i])
		}
		line(out, rows)
	}
}

const header = "| policy | unserved % | pod-hours | starts/h | wrong in, out | control's target | unserved − control's | starts ÷ control's | pod-hours ÷ control's |\n" +
	"|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"

// line is one policy, over one or more cells.
func line(out *strings.Builder, rows []compare.Row) {
	mean := func(key string) float64 {
		sum := 0.0
		for _, row := range rows {
			sum += compare.Mean(row.Scores, measure(key).Of).Or(math.NaN()) / float64(len(rows))
		}
		return sum
	}
	target := "–"
	if len(rows) == 1 {
		target = fmt.Sprintf("%.2f", rows[0].Control.Target)
		if note := rows[0].Control.Note; note != "" {
			target += " (" + note + ")"
		}
	}
	versus := func(key string) compare.Against { return compare.Versus(rows, measure(key).Of) }
	fmt.Fprintf(out, "| %s | %.2f | %.2f | %.2f | %.1f, %.1f | %s | %s | %s | %s |\n", rows[0].Name, mean("unserved_percent"), mean("pod_hours"),
		mean("pod_starts_per_hour"), mean("wrong_scale_ins"), mean("wrong_scale_outs"), target,
		report.Interval("%+.2f", versus("unserved_percent").Difference), report.Interval("%.2f", versus("pod_starts_per_hour").Ratio),
		report.Interval("%.3f", versus("pod_hours").Ratio))
}

// measure is the one with a key.
func measure(key string) score.Measure {
	for _, m := range score.Measures() {
		if m.Key == key {
			return m
		}
	}
	panic(errors.New("no measure " + key)) // the keys are constants of this file
}
