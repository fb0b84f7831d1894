package options

import (
	"fmt"
	"strings"

	"userscale.dev/userscale/loadgen/internal/profile"
)

// level is a flag's profile, in words and read.
type level struct {
	text    string
	profile profile.Profile // nil if the flag was not given
}

func (l level) given() bool { return l.profile != nil }

// level defines a flag that is a profile.
func (p *parser) level(name string, to *level) {
	p.flags.Func(name, "", func(s string) error {
		read, err := profile.Parse(s)
		if err != nil {
			p.errs = append(p.errs, fmt.Errorf("--%s %q: %w", name, s, err))
			return nil
		}
		*to = level{s, read}
		return nil
	})
}

// open says which loop is asked for. A rate of 0 is the closed loop, as if none were given.
func (g *given) open() bool {
	return g.rate.given() && (g.rate.profile.Peak() > 0 || strings.Contains(g.rate.text, ":"))
}

// played returns a flag's profile as fast and as high as is asked for, with all that in words.
func (g *given) played(flag string, l level, most float64) (string, profile.Profile, error) {
	if g.speed != 1 || g.scale != 1 {
		l.profile = profile.Played{Profile: l.profile, Speed: g.speed, Scale: g.scale}
	}
	if g.speed != 1 {
		l.text += fmt.Sprintf(", %v times as fast", g.speed)
	}
	if g.scale != 1 {
		l.text += fmt.Sprintf(", %v times as much", g.scale)
	}
	least := 0.0
	if flag == "users" {
		least = 0.5 // which rounds to one
	}
	if peak := l.profile.Peak(); peak <= 0 || peak < least || peak > most {
		return "", nil, fmt.Errorf("--%s %s: the peak is %v: allowed: above %v, at most %v", flag, l.text, peak, least, most)
	}
	return l.text, l.profile, nil
}
