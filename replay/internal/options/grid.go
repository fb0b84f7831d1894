package options

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"userscale.dev/userscale/replay/internal/report"
	"userscale.dev/userscale/replay/internal/search"
)

// Files defines the flags of the files that a report goes to.
func (p *Parser) Files(to *report.Files) {
	p.Text("json", "a file to write", &to.JSON)
	p.Text("csv", "a file to write", &to.CSV)
	p.Text("html", "a file to write", &to.HTML)
}

// Grid defines the flags of what a search tries: lists, separated by commas.
func (p *Parser) Grid(to *search.Grid) {
	p.numbers("alpha", &to.Alphas, 1e-6, 1)
	p.durations("rise", &to.Rises, 0, time.Hour)
	p.durations("fall", &to.Falls, 0, time.Hour)
	p.numbers("target", &to.Targets, 1e-3, maxUsers)
	p.durations("window", &to.Windows, 0, time.Hour)
}

func (p *Parser) numbers(name string, to *[]float64, least, most float64) {
	p.Value(name, fmt.Sprintf("numbers from %g to %g, as 1,2.5", least, most), func(s string) bool {
		for text := range strings.SplitSeq(s, ",") {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil || !(n >= least && n <= most) {
				return false
			}
			*to = append(*to, n)
		}
		return true
	})
}

func (p *Parser) durations(name string, to *[]time.Duration, least, most time.Duration) {
	p.Value(name, fmt.Sprintf("durations in whole seconds from %s to %s, as 10s,1m", short(least), short(most)), func(s string) bool {
		for text := range strings.SplitSeq(s, ",") {
			d, err := time.ParseDuration(text)
			if err != nil || d < least || d > most || d%time.Second != 0 {
				return false
			}
			*to = append(*to, d)
		}
		return true
	})
}
