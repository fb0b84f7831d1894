package profile

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"userscale.dev/userscale/loadgen/internal/duration"
)

// Forms is what Parse reads, in words.
const Forms = "N, ramp:FROM..TO/TIME, step:A,B,C/TIME, sine:LOW..HIGH/PERIOD, spike:BASE..PEAK@AT/LENGTH or trace:FILE"

// The bounds of what Parse reads.
const (
	maxLevel  = 1e9
	maxTime   = 1000 * time.Hour
	maxLevels = 10_000
)

// Parse reads a profile in one of the Forms; a trace's file is read at once. The error says which part is wrong and what is allowed.
func Parse(text string) (Profile, error) {
	form, rest, found := strings.Cut(text, ":")
	switch {
	case !found:
		level, err := parseLevel(text)
		if err != nil {
			return nil, fmt.Errorf("allowed: %s", Forms)
		}
		return Constant(level), nil
	case form == "trace":
		return readFile(rest)
	}
	r := &reader{rest: rest}
	p := r.profile(form)
	if r.err != nil {
		return nil, r.err
	}
	return p, nil
}

// reader reads one part after the other. It keeps the first error, and what it reads after that means nothing.
type reader struct {
	rest string
	err  error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// profile reads what follows the name of a form.
func (r *reader) profile(form string) Profile {
	switch form {
	case "ramp":
		from, to, over := r.level(".."), r.level("/"), r.time()
		return Ramp(from, to, over)
	case "step":
		levels, each := r.levels("/"), r.time()
		return Steps(each, levels...)
	case "sine":
		low, high, period := r.level(".."), r.level("/"), r.time()
		if low > high {
			r.fail(fmt.Errorf("%v..%v: allowed: the lower level first", low, high))
		}
		return NewSine(low, high, period)
	case "spike":
		base, peak, at, length := r.level(".."), r.level("@"), r.offset("/"), r.time()
		return Spike(base, peak, at, length)
	}
	r.fail(fmt.Errorf("%q: allowed: %s", form, Forms))
	return nil
}

// part returns what comes before end, or all the rest if end is empty.
func (r *reader) part(end string) string {
	if end == "" {
		return r.rest
	}
	before, after, found := strings.Cut(r.rest, end)
	if !found {
		r.fail(fmt.Errorf("%q has no %q: allowed: %s", r.rest, end, Forms))
	}
	r.rest = after
	return before
}

func (r *reader) level(end string) float64 {
	level, err := parseLevel(r.part(end))
	r.fail(err)
	return level
}

func (r *reader) levels(end string) []float64 {
	texts := strings.Split(r.part(end), ",")
	if len(texts) > maxLevels {
		r.fail(fmt.Errorf("%d levels: allowed: at most %d", len(texts), maxLevels))
		return nil
	}
	levels := make([]float64, len(texts))
	for i, text := range texts {
		var err error
		levels[i], err = parseLevel(text)
		r.fail(err)
	}
	return levels
}

// time reads all that is left.
func (r *reader) time() time.Duration {
	d := r.offset("")
	if d < time.Millisecond {
		r.fail(fmt.Errorf("time %s: allowed: at least 1ms", d))
	}
	return d
}

func (r *reader) offset(end string) time.Duration {
	text := r.part(end)
	d, err := duration.Parse(text)
	if err != nil || d < 0 || d > maxTime {
		r.fail(fmt.Errorf("time %q: allowed: up to %s, as 90, 90s or 1m30s", text, maxTime))
		return 0
	}
	return d
}

var errLevel = errors.New("allowed: a number from 0 to 1e9")

func parseLevel(text string) (float64, error) {
	level, err := strconv.ParseFloat(text, 64)
	if err != nil || !(level >= 0 && level <= maxLevel) {
		return 0, fmt.Errorf("level %q: %w", text, errLevel)
	}
	return math.Abs(level), nil // -0 is 0
}
