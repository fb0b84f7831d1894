package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"text/tabwriter"

	"userscale.dev/userscale/picture"
	"userscale.dev/userscale/replay/internal/compare"
	"userscale.dev/userscale/replay/internal/score"
	"userscale.dev/userscale/replay/internal/search"
	"userscale.dev/userscale/replay/internal/timeline"
)

// Search is what a sweep found.
type Search struct {
	Candidates []search.Candidate
	Shown      []*timeline.Timeline // runs of some candidates on the front, for the picture
}

// JSON is part of [Report].
func (s Search) JSON() any {
	return struct {
		Candidates []search.Candidate `json:"candidates"`
	}{s.Candidates}
}

// WriteText is part of [Report]: the front.
func (s Search) WriteText(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	table := s.table("", true, append(compare.Headline(), compare.Moves()...))
	for _, row := range append([][]string{table.Header}, table.Rows...) {
		for _, text := range row {
			fmt.Fprintf(out, "%s\t", text)
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "\n%d of %d settings are on the front of %s: no other one is better in one and no worse in the others.\n", len(table.Rows), len(s.Candidates), headline())
	return out.Flush()
}

func headline() string {
	names := ""
	for i, m := range compare.Headline() {
		if i > 0 {
			names += ", "
		}
		names += m.Name
	}
	return names
}

// CSV is part of [Report]: one line for each candidate and seed.
func (s Search) CSV() [][]string {
	header := []string{"settings", "on_the_front", "run"}
	for _, m := range score.Measures() {
		header = append(header, m.Key)
	}
	rows := [][]string{header}
	for _, c := range s.Candidates {
		for i := range c.Scores {
			row := []string{c.Name, strconv.FormatBool(c.Front), strconv.Itoa(i)}
			for _, m := range score.Measures() {
				row = append(row, cell(m.Of(c.Scores[i])))
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// Picture is part of [Report]: some runs of the front, the front, and all else.
func (s Search) Picture() *picture.Picture {
	out := Comparison{First: s.Shown}
	for _, t := range s.Shown {
		out.Rows = append(out.Rows, compare.Row{Name: t.Policy})
	}
	p := out.Picture()
	p.Title = "Search: " + headline()
	p.Tables = []picture.Table{s.table("The Pareto front", true, score.Measures()), s.table("All settings", false, score.Measures())}
	return p
}

// table has the candidates by their unserved load, least first.
func (s Search) table(title string, front bool, measures []score.Measure) picture.Table {
	t := picture.Table{Title: title, Header: []string{"settings"}}
	for _, m := range measures {
		t.Header = append(t.Header, unit(m))
	}
	unserved := score.Measures()[0].Of
	sorted := slices.Clone(s.Candidates)
	slices.SortStableFunc(sorted, func(a, b search.Candidate) int {
		return cmp.Compare(compare.Mean(a.Scores, unserved).Or(0), compare.Mean(b.Scores, unserved).Or(0))
	})
	for _, c := range sorted {
		if front && !c.Front {
			continue
		}
		row := []string{c.Name}
		for _, m := range measures {
			row = append(row, number(compare.Mean(c.Scores, m.Of)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
