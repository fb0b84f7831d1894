package main

import (
	"fmt"
	"slices"
	"strings"

	"userscale.dev/userscale/replay/internal/report"
	"userscale.dev/userscale/replay/internal/search"
)

// mostShown is how many of the candidates are shown.
const mostShown = 12

// shippedSettings are the names of the shipped ones among the candidates.
var shippedSettings = []string{"users, rise 10s, fall 1m, window 5m", "all, rise 10s, fall 1m, window 5m"}

// writeSearch puts what was found into both places.
func (o settings) writeSearch(findings []finding) error {
	cells, changed := make([]cell, len(findings)), make([]cell, len(findings))
	for i, f := range findings {
		cells[i], changed[i] = f.cell, f.cell
		changed[i].Rows = f.Changes
	}
	verdicts := ranked(judged(cells))
	var out strings.Builder
	fmt.Fprintf(&out, "%d candidates in %d cells with %d seeds each: %s.\n", len(verdicts), len(cells), o.seeds, strings.Join(namesOf(cells), "; "))
	nowhere := 0
	for _, v := range verdicts {
		if v.lost() == 0 {
			nowhere++
		}
	}
	fmt.Fprintf(&out, "\n### Which lose nowhere: %d; the first %d, and the shipped ones\n\n%s", nowhere, mostShown, verdictTable(shown(verdicts)))
	fmt.Fprintf(&out, "\n### By setting: in how many of the cells its candidates lose, on average\n\n%s", axisTable(verdicts))
	fmt.Fprintf(&out, "\n### The shipped settings, and each with one changed, against the shipped ones at the same cost\n\n%s", verdictTable(judged(changed)))
	return o.keep("search.json", found{verdicts, findings}, searchMarks, out.String())
}

func namesOf(cells []cell) (names []string) {
	for i := range cells {
		names = append(names, fmt.Sprintf("%s (%.1f h)", cells[i].name(), cells[i].Hours))
	}
	return names
}

// shown are the first ones and the shipped ones.
func shown(ranked []verdict) []verdict {
	out := slices.Clone(ranked[:min(mostShown, len(ranked))])
	for _, v := range ranked[len(out):] {
		if slices.Contains(shippedSettings, v.Settings) {
			out = append(out, v)
		}
	}
	return out
}

func verdictTable(verdicts []verdict) string {
	var out strings.Builder
	out.WriteString("| settings | unserved: cells won, lost | largest loss, points | starts: cells won, lost | largest loss, per hour | unserved − control's | starts ÷ control's |\n" +
		"|---|---:|---|---:|---:|---:|---:|\n")
	for _, v := range verdicts {
		worst, most := "–", "–"
		if v.UnservedLost > 0 {
			worst = fmt.Sprintf("%+.3f (%s)", v.WorstUnserved, v.WorstIn)
		}
		if v.StartsLost > 0 {
			most = fmt.Sprintf("%+.2f", v.WorstStarts)
		}
		fmt.Fprintf(&out, "| %s | %d, %d | %s | %d, %d | %s | %s | %s |\n", v.Settings, v.UnservedWon, v.UnservedLost, worst, v.StartsWon, v.StartsLost,
			most, report.Interval("%+.2f", v.UnservedPoints), report.Interval("%.2f", v.StartsRatio))
	}
	return out.String()
}

// axisTable has a line for each value of each setting, over all candidates that have it.
func axisTable(verdicts []verdict) string {
	var out strings.Builder
	out.WriteString("| candidates with | unserved lost | starts lost | lose nowhere |\n|---|---:|---:|---:|\n")
	for _, value := range axisValues(verdicts) {
		unserved, starts, nowhere, n := 0, 0, 0, 0
		for _, v := range verdicts {
			if !slices.Contains(strings.Split(v.Settings, ", "), value) {
				continue
			}
			n++
			unserved, starts = unserved+v.UnservedLost, starts+v.StartsLost
			if v.lost() == 0 {
				nowhere++
			}
		}
		fmt.Fprintf(&out, "| %s | %.2f | %.2f | %d of %d |\n", value, float64(unserved)/float64(n), float64(starts)/float64(n), nowhere, n)
	}
	return out.String()
}

// axisValues are the parts of the candidates' names, by setting and then as they are tried.
func axisValues(verdicts []verdict) []string {
	g := grid()
	values := []string{"users", "all"}
	for _, d := range g.Rises {
		values = append(values, search.Named("rise", d))
	}
	for _, d := range g.Falls {
		values = append(values, search.Named("fall", d))
	}
	for _, d := range g.Windows {
		values = append(values, search.Named("window", d))
	}
	return slices.DeleteFunc(values, func(value string) bool {
		return !slices.ContainsFunc(verdicts, func(v verdict) bool { return slices.Contains(strings.Split(v.Settings, ", "), value) })
	})
}
