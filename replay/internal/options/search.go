package options

import (
	"userscale.dev/userscale/replay/internal/report"
	"userscale.dev/userscale/replay/internal/search"
)

// Search is a policy, what of it to vary, and a trace.
type Search struct {
	World       World
	HPA, Config string // files; without a configuration it is the shipped one
	Grid        search.Grid
	Seeds       int
	MostRuns    int
	Files       report.Files
}

// Parse reads the command line.
func (s *Search) Parse(args []string) error {
	p := NewParser()
	s.flags(p)
	return p.Parse(args, "trace", "hpa")
}

func (s *Search) flags(p *Parser) {
	*s = Search{Seeds: 3, MostRuns: 1000}
	p.World(&s.World)
	p.Policy(&s.HPA, &s.Config)
	p.Grid(&s.Grid)
	p.Whole("seeds", &s.Seeds, 1, 1000)
	p.Whole("most-runs", &s.MostRuns, 1, 100_000)
	p.Files(&s.Files)
}
