package dcgm

import "time"

const (
	// full is the largest value that can be a ratio: 1 and what rounding may add to it.
	full = 1.01
	// rememberScale is for how long an exporter may be away without being taken for a new one.
	rememberScale = time.Hour
)

// scales remembers which exporters call a field a ratio and show percent, as DCGM releases did that renamed the field only, and when
// each was last heard of.
//
// One value that no ratio can have tells. It is then true of all of the exporter's GPUs, and stays true: an idle GPU's 1 % must not
// become 100 %. It ends when no value is above 1 any more and one has a fraction, which percent under these names never had.
type scales map[exporterField]time.Time

type exporterField struct{ job, exporter, field string }

// hint is what the values of one exporter's field say in one answer.
type hint struct{ above, fraction bool }

func (h *hint) see(value float64) {
	h.above = h.above || value > full && value <= 100 // more than that is blank, or nonsense
	h.fraction = h.fraction || value > 0 && value < 1
}

// learn takes in what series say of their exporters, and returns the fields that turned out to show percent, or a ratio after all.
func (a *attributor) learn(series []Series, now time.Time) (changed []exporterField) {
	hints := map[exporterField]*hint{}
	for _, s := range series {
		f, ok := a.index[s.Labels.Get("__name__")]
		if !ok || a.fields[f].Unit != Ratio {
			continue
		}
		key := exporterField{s.Job, s.Exporter, a.fields[f].Name}
		if hints[key] == nil {
			hints[key] = &hint{}
		}
		hints[key].see(s.Value)
	}
	return a.scales.learn(hints, now)
}

func (s scales) learn(hints map[exporterField]*hint, now time.Time) (changed []exporterField) {
	for key, h := range hints {
		_, before := s[key]
		after := h.above || before && !h.fraction
		if after {
			s[key] = now
		} else {
			delete(s, key)
		}
		if after != before {
			changed = append(changed, key)
		}
	}
	for key, heard := range s {
		if now.Sub(heard) > rememberScale {
			delete(s, key)
		}
	}
	return changed
}

// percent returns a value in percent, and whether its field's name was not taken at its word.
func (s scales) percent(key exporterField, unit Unit, value float64) (percent float64, converted bool) {
	if unit == Percent {
		return value, false
	}
	if _, ok := s[key]; ok {
		return value, true
	}
	if value > 1 && value <= full {
		return 100, false
	}
	return value * 100, false
}
