package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"userscale.dev/userscale/replay/internal/timeline"
	"userscale.dev/userscale/replay/internal/verify"
)

// Verification is a recording beside its replay.
type Verification struct {
	Recording string // its name
	Result    *verify.Result
}

// Check is one of a summary's, in the form that all of the project's summaries have.
type Check struct {
	Name string `json:"name"`
	Want string `json:"want"`
	Got  string `json:"got"`
	Unit string `json:"unit"`
	OK   bool   `json:"ok"`
	Note string `json:"note,omitempty"`
}

type reading struct {
	Metric   string         `json:"metric"`
	Unit     string         `json:"unit"`
	Target   float64        `json:"target"`
	Passes   int            `json:"passes"`         // in which both have a value
	OneSided int            `json:"oneSidedPasses"` // in which one alone has
	Largest  timeline.Value `json:"largestDifference"`
	At       float64        `json:"atSeconds"`
}

// Write shows the comparison on out, and writes it to a file as JSON if one is named. The error names the file.
func (v Verification) Write(out io.Writer, file string) error {
	if err := v.writeText(out); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if file == "" {
		return nil
	}
	return writeFile(file, func(w io.Writer) error { return json.NewEncoder(w).Encode(v.json()) })
}

func (v Verification) json() any {
	summary := struct {
		OK       bool      `json:"ok"`
		Checks   []Check   `json:"checks"`
		Readings []reading `json:"readings"`
	}{OK: v.Result.OK(), Readings: []reading{}}
	recorded, replayed, _ := v.count()
	summary.Checks = append(summary.Checks, Check{
		Name: "rescales", Want: strconv.Itoa(recorded), Got: strconv.Itoa(replayed), OK: recorded == replayed,
	})
	for i, p := range v.Result.Rescales {
		summary.Checks = append(summary.Checks, Check{
			Name: fmt.Sprintf("rescale %d, at most %v apart", i+1, v.Result.Apart), Want: moment(p.Recorded), Got: moment(p.Replayed), OK: p.OK(),
		})
	}
	for _, r := range v.Result.Readings {
		summary.Readings = append(summary.Readings, reading{r.Metric.Name, r.Metric.Unit, r.Metric.Target, r.Both, r.OneSided, r.Largest, r.At})
	}
	return summary
}

// moment is a rescale and its time in full.
func moment(r *verify.Rescale) string {
	if r == nil {
		return "none"
	}
	return fmt.Sprintf("%s at %.3f s", size(r), r.T)
}

func size(r *verify.Rescale) string { return fmt.Sprintf("%d → %d", r.From, r.To) }

// count is how many rescales were recorded, how many replayed, and how many are the same.
func (v Verification) count() (recorded, replayed, same int) {
	for _, p := range v.Result.Rescales {
		if p.Recorded != nil {
			recorded++
		}
		if p.Replayed != nil {
			replayed++
		}
		if p.OK() {
			same++
		}
	}
	return recorded, replayed, same
}

func (v Verification) writeText(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0) // it keeps its first error for Flush
	fmt.Fprintf(out, "%s: %d passes of the HPA controller\n\nrecorded\t\treplayed\t\tapart\t\tthe HPA's reason\n", v.Recording, v.Result.Passes)
	for _, p := range v.Result.Rescales {
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", columns(p.Recorded), columns(p.Replayed), verdict(p), why(p))
	}
	fmt.Fprintf(out, "\nreadings\ttarget\tpasses\tlargest difference\tat\tone side only\n")
	for _, r := range v.Result.Readings {
		fmt.Fprintf(out, "%s\t%g%s\t%d\t%s\t%d\n", r.Metric.Name, r.Metric.Target, r.Metric.Unit, r.Both, difference(r), r.OneSided)
	}
	fmt.Fprintf(out, "\n%s\n", v.conclusion())
	return out.Flush()
}

func columns(r *verify.Rescale) string {
	if r == nil {
		return "–\t"
	}
	return clock(r.T) + "\t" + size(r)
}

func verdict(p verify.Pair) string {
	if !p.OK() {
		return "\tDIFFERENT"
	}
	return fmt.Sprintf("%+.3f s\tok", p.Replayed.T-p.Recorded.T)
}

func why(p verify.Pair) string {
	if p.Recorded != nil {
		return p.Recorded.Reason
	}
	return p.Replayed.Reason
}

func difference(r verify.Reading) string {
	x, known := r.Largest.Get()
	switch {
	case !known:
		return "–\t"
	case x == 0:
		return "0\t"
	}
	return fmt.Sprintf("%+.3f%s\t%s", x, r.Metric.Unit, clock(r.At))
}

func (v Verification) conclusion() string {
	recorded, replayed, same := v.count()
	if v.Result.OK() {
		return fmt.Sprintf("The same rescales, %d recorded and %d replayed: each of the same size, at most %v apart.",
			recorded, replayed, v.Result.Apart)
	}
	return fmt.Sprintf("Different: of %d rescales recorded and %d replayed %d are the same.", recorded, replayed, same)
}
