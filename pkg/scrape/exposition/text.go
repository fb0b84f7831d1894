package exposition

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

// blankLines bounds how many may follow each other. The parser calls itself for each of them, so that a body of nothing else would
// take hundreds of MiB of stack.
const blankLines = 1000

// errNUL: the parsers take some NULs for the end.
var errNUL = errors.New("it contains a NUL")

func scanText(body []byte, selectors []Selector, found visit) error {
	if len(body) > 0 && body[len(body)-1] != '\n' { // which the parser would pass over
		return errors.New("it does not end with a line feed, and may be cut off")
	}
	if bytes.IndexByte(body, 0) >= 0 {
		return errNUL
	}
	if bytes.Count(body, []byte("\n")) > blankLines {
		blank := 0
		for line := range bytes.Lines(body) {
			if blank++; len(bytes.TrimSpace(line)) > 0 {
				blank = 0
			}
			if blank > blankLines {
				return fmt.Errorf("more than %d blank lines", blankLines)
			}
		}
	}
	return scanSeries(textparse.NewPromParser(body, labels.NewSymbolTable(), false), selectors, found)
}

func scanOpenMetrics(body []byte, selectors []Selector, found visit) error {
	if bytes.IndexByte(body, 0) >= 0 {
		return errNUL
	}
	return scanSeries(textparse.NewOpenMetricsParser(body, labels.NewSymbolTable()), selectors, found)
}

// scanSeries ends with the parser's error, io.EOF after a well-formed body.
func scanSeries(p textparse.Parser, selectors []Selector, found visit) error {
	for {
		kind, err := p.Next()
		if err != nil {
			return err
		}
		switch kind {
		case textparse.EntryType:
			name, of := p.Type()
			findParts(name, of, selectors, found)
		case textparse.EntrySeries:
			if err := selectSeries(p, selectors, found); err != nil {
				return err
			}
		}
	}
}

// findParts: a metric of these types consists of quantiles or buckets, which do not add up. Its sum and count are series like others.
func findParts(metric []byte, of model.MetricType, selectors []Selector, found visit) {
	switch of {
	case model.MetricTypeHistogram, model.MetricTypeGaugeHistogram, model.MetricTypeSummary:
		for i := range selectors {
			if suffix, ok := strings.CutPrefix(selectors[i].name, string(metric)); ok && (suffix == "" || suffix == "_bucket") {
				found(i, entry{parts: true})
			}
		}
	}
}

func selectSeries(p textparse.Parser, selectors []Selector, found visit) error {
	text, at, value := p.Series()
	if !slices.ContainsFunc(selectors, func(s Selector) bool { return s.mayMatch(text) }) {
		return nil
	}
	e := entry{Series: Series{Value: value}}
	p.Labels(&e.Labels)
	if err := check(e.Labels); err != nil {
		return err
	}
	if at != nil {
		e.Time = time.UnixMilli(*at)
	}
	for i := range selectors {
		if selectors[i].match(e.Labels) {
			found(i, e)
		}
	}
	return nil
}
