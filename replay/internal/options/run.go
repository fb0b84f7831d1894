package options

import "userscale.dev/userscale/replay/internal/report"

// Run is a policy and a trace.
type Run struct {
	World       World
	HPA, Config string // files; without a configuration it is the shipped one
	Files       report.Files
}

// Parse reads the command line.
func (r *Run) Parse(args []string) error {
	p := NewParser()
	r.flags(p)
	return p.Parse(args, "trace", "hpa")
}

func (r *Run) flags(p *Parser) {
	p.World(&r.World)
	p.Policy(&r.HPA, &r.Config)
	p.Files(&r.Files)
}
