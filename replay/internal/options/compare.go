package options

import (
	"strings"

	"userscale.dev/userscale/replay/internal/report"
)

// Compare is some policies and a trace.
type Compare struct {
	World    World
	Policies []Named
	Seeds    int
	Controls bool // each policy has an iso-cost control beside it
	Files    report.Files
}

// Named is the files of a policy, and what it is called.
type Named struct{ Name, HPA, Config string }

// Parse reads the command line.
func (c *Compare) Parse(args []string) error {
	p := NewParser()
	c.flags(p)
	return p.Parse(args, "trace", "policy")
}

func (c *Compare) flags(p *Parser) {
	*c = Compare{Seeds: 5, Controls: true}
	p.World(&c.World)
	p.Files(&c.Files)
	p.Whole("seeds", &c.Seeds, 1, 1000)
	p.Choice("controls", func(s string) { c.Controls = s == "iso-cost" }, "iso-cost", "none")
	p.Value("policy", "NAME=HPA.yaml or NAME=HPA.yaml,CONFIG.yaml, each name once", c.addPolicy)
}

func (c *Compare) addPolicy(text string) bool {
	name, paths, found := strings.Cut(text, "=")
	hpa, config, two := strings.Cut(paths, ",")
	for _, before := range c.Policies {
		found = found && before.Name != name
	}
	c.Policies = append(c.Policies, Named{name, hpa, config})
	return found && name != "" && hpa != "" && two == (config != "") && !strings.Contains(config, ",")
}
