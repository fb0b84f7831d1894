package report

import (
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strconv"

	"userscale.dev/userscale/loadgen/internal/request"
	"userscale.dev/userscale/loadgen/internal/stats"
)

// WriteCSV writes the run second by second, a row each. Where nothing ended there is no latency, and its cells are empty.
func (r *Result) WriteCSV(w io.Writer) error {
	kinds := kindsOf(r.Series.Seconds)
	header := []string{
		"t_seconds", "planned", "offered", "started", "ended", "successes", "cut_off", "in_flight", "p50_seconds", "p95_seconds", "p99_seconds",
		"cpu_seconds", "errors",
	}
	for _, kind := range kinds {
		header = append(header, "errors_"+string(kind))
	}
	rows := [][]string{header}
	for i := range r.Series.Seconds {
		rows = append(rows, csvRow(i, &r.Series.Seconds[i], kinds))
	}
	return csv.NewWriter(w).WriteAll(rows)
}

func csvRow(i int, s *stats.Second, kinds []request.Kind) []string {
	whole := func(n int64) string { return strconv.FormatInt(n, 10) }
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	row := []string{
		strconv.Itoa(i), number(s.Planned), whole(s.Offered), whole(s.Started), whole(s.Ended), whole(s.Successes), whole(s.CutOff), whole(s.InFlight),
	}
	if l := s.Latency; l != nil {
		row = append(row, number(l.P50), number(l.P95), number(l.P99))
	} else {
		row = append(row, "", "", "")
	}
	row = append(row, number(s.CPU), whole(failed(s)))
	for _, kind := range kinds {
		row = append(row, whole(s.Errors[kind]))
	}
	return row
}

// kindsOf lists the kinds of errors that there were, by name.
func kindsOf(seconds []stats.Second) []request.Kind {
	seen := map[request.Kind]bool{}
	for i := range seconds {
		for kind := range seconds[i].Errors {
			seen[kind] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// failed is how many errors there were in a second, of all kinds.
func failed(s *stats.Second) int64 {
	var sum int64
	for _, n := range s.Errors {
		sum += n
	}
	return sum
}
