package options

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"userscale.dev/userscale/replay/internal/search"
)

// Grid defines the flags of what a search tries: lists, separated by commas.
func (p *Parser) Grid(to *search.Grid) {
	p.numbers("alpha", &to.Alphas, 1e-6, 1)
	p.durations("rise", &to.Rises, 0, time.Hour)
	p.durations("fall", &to.Falls, 0, time.Hour)
	p.numbers("target", &to.Targets, 1e-3, maxUsers)
	p.durations("window", &to.Windows, 0, time.Hour)
}

func (p *Parser) numbers(name string, to *[]float64, least, most float64) {
	list(p, name, fmt.Sprintf("numbers from %g to %g, each once, as 1,2.5", least, most), to, func(s string) (float64, bool) {
		n, err := strconv.ParseFloat(s, 64)
		return n, err == nil && n >= least && n <= most // a NaN is neither
	})
}

func (p *Parser) durations(name string, to *[]time.Duration, least, most time.Duration) {
	list(p, name, fmt.Sprintf("durations in whole seconds from %s to %s, each once, as 10s,1m", short(least), short(most)), to, func(s string) (time.Duration, bool) {
		d, err := time.ParseDuration(s)
		return d, err == nil && d >= least && d <= most && d%time.Second == 0
	})
}

func list[T comparable](p *Parser, name, allowed string, to *[]T, parse func(string) (T, bool)) {
	p.Value(name, allowed, func(s string) bool {
		for text := range strings.SplitSeq(s, ",") {
			value, ok := parse(text)
			if !ok || slices.Contains(*to, value) {
				return false
			}
			*to = append(*to, value)
		}
		return true
	})
}
