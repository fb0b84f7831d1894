package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// TestGolden plays the scripts in testdata/traces and compares what the store says after each piece with the text below it. A tick of
// 10 s is one half-life. "new" begins with an empty store, and "then" goes on.
//
// go test ./pkg/store -run TestGolden -rewrite writes the texts anew: each figure in the difference is then to be derived from the
// rules by hand, as those that are there were.
func TestGolden(t *testing.T) {
	datadriven.Walk(t, "testdata/traces", func(t *testing.T, path string) {
		var w *world
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "new":
				w = newWorld(t, goldenMetric(t, d))
			case "then":
				w.t = t
			default:
				d.Fatalf(t, "no such command")
			}
			w.play(d.Input)
			return w.report()
		})
	})
}

// goldenMetric is users with what a "new" asks for: its interval, that pods are scraped, the minimum coverage.
func goldenMetric(t *testing.T, d *datadriven.TestData) Metric {
	m := users()
	var interval string
	if d.MaybeScanArgs(t, "interval", &interval) {
		var err error
		if m.Interval, err = time.ParseDuration(interval); err != nil {
			d.Fatalf(t, "%v", err)
		}
	}
	m.Scraped = d.HasArg("scraped")
	var percent int
	if d.MaybeScanArgs(t, "minimum-percent", &percent) {
		m.MinCoverage = float64(percent) / 100
	}
	return m
}

// report is all that the store says: the totals and the coverage, what is served, and what each pod's value is worth.
func (w *world) report() string {
	var text strings.Builder
	got := w.total()
	fmt.Fprintf(&text, "%v: X=%v S=%s counted=%d departing=%d expected=%d matched=%d\n",
		w.now.Sub(epoch()), got.Raw, thousandths(got.Smoothed), got.Counted, got.Departing, got.Expected, got.Matched)
	if served, err := w.served(); err != nil {
		fmt.Fprintf(&text, "error %v\n", err)
	} else {
		fmt.Fprintf(&text, "served %s\n", served)
	}
	d, _ := w.Describe(w.now, web)
	for _, p := range d.Metrics[0].Pods {
		fmt.Fprintf(&text, "%s %s", p.UID, p.State)
		if !p.Time.IsZero() {
			fmt.Fprintf(&text, " %v", p.Value)
		}
		if p.Reason != "" {
			fmt.Fprintf(&text, " (%s)", p.Reason)
		}
		text.WriteByte('\n')
	}
	return text.String()
}
