package options

import (
	"fmt"
	"strings"
	"time"

	"userscale.dev/userscale/loadgen/internal/duration"
	"userscale.dev/userscale/loadgen/internal/engine"
)

func (p *parser) think(name string, to *engine.Think) {
	p.value(name, fmt.Sprintf("TIME, LEAST..MOST (uniform) or exp:MEAN (exponential), up to %s", maxThink), func(s string) bool {
		think, ok := parseThink(s)
		*to = think
		return ok
	})
}

func parseThink(s string) (engine.Think, bool) {
	if mean, exponential := strings.CutPrefix(s, "exp:"); exponential {
		d, ok := pause(mean)
		return engine.Think{Mean: d, Exponential: true}, ok
	}
	low, high, uniform := strings.Cut(s, "..")
	if !uniform {
		d, ok := pause(s)
		return engine.Think{Mean: d}, ok
	}
	least, ok := pause(low)
	most, okay := pause(high)
	return engine.Think{Mean: (least + most) / 2, Spread: (most - least) / 2}, ok && okay && least <= most
}

func pause(s string) (time.Duration, bool) {
	d, err := duration.Parse(s)
	return d, err == nil && d >= 0 && d <= maxThink
}
