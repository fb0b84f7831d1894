package stats

import (
	"github.com/HdrHistogram/hdrhistogram-go"

	"userscale.dev/userscale/loadgen/internal/request"
)

// scenario counts the requests of one of several scenarios. Its user guards it.
type scenario struct {
	counts Scenario
	all    *hdrhistogram.Histogram
}

// newScenarios returns one for each name, or nil if there are not several.
func newScenarios(names []string) []*scenario {
	if len(names) < 2 {
		return nil
	}
	var all []*scenario
	for _, name := range names {
		all = append(all, &scenario{counts: Scenario{Name: name}, all: newHistogram()})
	}
	return all
}

func (s *scenario) count(kind request.Kind) {
	s.counts.Requests++
	switch kind {
	case request.Success:
		s.counts.Successes++
	case request.CutOff:
		s.counts.CutOff++
	default:
		s.counts.Errors++
	}
}

func (s *scenario) summary() Scenario {
	summary := s.counts
	summary.All = latencyOf(s.all)
	return summary
}
