package main

import (
	"cmp"
	"slices"

	"userscale.dev/userscale/replay/internal/compare"
	"userscale.dev/userscale/replay/internal/score"
)

// verdict is how a candidate does against controls that cost the same, cell by cell. It loses a cell where an interval is wholly on the
// wrong side: of unserved load, or of pod starts.
type verdict struct {
	Settings       string         `json:"settings"`
	Cells          int            `json:"cells"`
	UnservedLost   int            `json:"cells_lost_in_unserved"`
	UnservedWon    int            `json:"cells_won_in_unserved"`
	StartsLost     int            `json:"cells_lost_in_starts"`
	StartsWon      int            `json:"cells_won_in_starts"`
	WorstUnserved  float64        `json:"largest_loss_in_unserved_points"` // among the cells lost; 0 if there is none
	WorstIn        string         `json:"largest_loss_in,omitempty"`
	WorstStarts    float64        `json:"largest_loss_in_starts_per_hour"`
	UnservedPoints score.Interval `json:"-"` // over all cells
	StartsRatio    score.Interval `json:"-"`
}

// judge holds the rows of one candidate, one of each cell, against their controls.
func judge(cells []cell, rows []compare.Row) verdict {
	v := verdict{Settings: rows[0].Name, Cells: len(rows)}
	unserved, starts := measure("unserved_percent").Of, measure("pod_starts_per_hour").Of
	for i := range rows {
		u := compare.Versus(rows[i:i+1], unserved).Difference
		switch {
		case u.Low > 0:
			v.UnservedLost++
			if u.Estimate > v.WorstUnserved {
				v.WorstUnserved, v.WorstIn = u.Estimate, cells[i].name()
			}
		case u.High < 0:
			v.UnservedWon++
		}
		switch s := compare.Versus(rows[i:i+1], starts).Difference; {
		case s.Low > 0:
			v.StartsLost++
			v.WorstStarts = max(v.WorstStarts, s.Estimate)
		case s.High < 0:
			v.StartsWon++
		}
	}
	v.UnservedPoints = compare.Versus(rows, unserved).Difference
	v.StartsRatio = compare.Versus(rows, starts).Ratio
	return v
}

func (v *verdict) lost() int { return v.UnservedLost + v.StartsLost }

// ranked has those first that lose least often, and of these those that serve most.
func ranked(verdicts []verdict) []verdict {
	out := slices.Clone(verdicts)
	slices.SortStableFunc(out, func(a, b verdict) int {
		return cmp.Or(cmp.Compare(a.lost(), b.lost()), cmp.Compare(a.UnservedPoints.Estimate, b.UnservedPoints.Estimate))
	})
	return out
}

// judged are the verdicts on the rows of all cells, in their order.
func judged(cells []cell) []verdict {
	var verdicts []verdict
	for i := range cells[0].Rows {
		var rows []compare.Row
		for _, c := range cells {
			rows = append(rows, c.Rows[i])
		}
		verdicts = append(verdicts, judge(cells, rows))
	}
	return verdicts
}
