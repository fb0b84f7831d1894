package options

import "flag"

// names are those of all flags that are defined.
func (p *Parser) names() (names []string) {
	p.flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return names
}
