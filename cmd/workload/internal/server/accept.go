package server

import "github.com/munnerz/goautoneg"

// wantsText reports whether the client prefers Prometheus' formats to JSON. JSON is for all who do not care.
func wantsText(accept string) bool {
	if accept == "" || accept == "*/*" || accept == "application/json" {
		return false // the common cases need no parsing
	}
	clauses := goautoneg.ParseAccept(accept)
	quality := func(typ, subtype string) float64 {
		best, specific := 0.0, 0
		for _, c := range clauses {
			if s := specificity(c, typ, subtype); s > specific {
				best, specific = c.Q, s
			}
		}
		return best
	}
	text := max(
		quality("text", "plain"),
		quality("application", "openmetrics-text"),
		quality("application", "vnd.google.protobuf"),
	)
	return text > quality("application", "json")
}

// specificity says how closely a clause names a media type: not at all (0), as */*, as type/*, or in full (3).
func specificity(c goautoneg.Accept, typ, subtype string) int {
	switch {
	case c.Type == typ && c.SubType == subtype:
		return 3
	case c.Type == typ && c.SubType == "*":
		return 2
	case c.Type == "*" && c.SubType == "*":
		return 1
	default:
		return 0
	}
}
