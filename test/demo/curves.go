package main

import (
	"math"
	"slices"

	"userscale.dev/userscale/picture"
	"userscale.dev/userscale/test/observe"
)

// reading is one number of an observation; false: it was not served then.
type reading func(observe.Observation) (float64, bool)

func rawTotal(metric string) reading {
	return func(o observe.Observation) (float64, bool) { v, ok := o.Raw[metric]; return v, ok }
}

func smoothedTotal(metric string) reading {
	return func(o observe.Observation) (float64, bool) { v, ok := o.Smoothed[metric]; return v, ok }
}

// capacity is the total at which the ready pods are just enough for a metric.
func capacity(metric string) reading {
	return func(o observe.Observation) (float64, bool) {
		m, ok := o.Metrics[metric]
		return m.Target * float64(o.Ready), ok
	}
}

func ofTarget(metric string) reading {
	return func(o observe.Observation) (float64, bool) { m, ok := o.Metrics[metric]; return 100 * m.Ratio(), ok }
}

// values are a reading of all observations, to a thousandth.
func (r *recording) values(of reading) picture.Values {
	values := make(picture.Values, len(r.observations))
	for i, o := range r.observations {
		values[i] = picture.Absent()
		if v, ok := of(o); ok {
			values[i] = math.Round(v*1000) / 1000
		}
	}
	return values
}

// panel is one whose curves are readings of the observations.
func (r *recording) panel(title, unit string, lines ...line) picture.Panel {
	p := picture.Panel{Title: title, Unit: unit}
	for _, o := range r.observations {
		p.Times = append(p.Times, r.at(o.Time))
	}
	for _, l := range lines {
		p.Series = append(p.Series, picture.Series(l))
	}
	return p
}

// line is a curve in the making.
type line picture.Series

func (r *recording) line(name string, color picture.Color, of reading) line {
	return line{Name: name, Color: color, Values: r.values(of)}
}

func (l line) held() line   { l.Held = true; return l }
func (l line) thin() line   { l.Thin = true; return l }
func (l line) dashed() line { l.Dashed = true; return l }

// load is what the load generators say that they did, second by second. Without a generator of a kind there is none of its load: 0.
func (r *recording) load() picture.Panel {
	p := picture.Panel{Title: "load", Unit: "requests in flight, by the load generator's own count"}
	if len(r.observations) == 0 {
		return p
	}
	last := max(0, int(r.at(r.observations[len(r.observations)-1].Time)))
	for second := range last + 1 {
		p.Times = append(p.Times, float64(second))
	}
	for _, kind := range []struct {
		scenario string
		color    picture.Color
	}{{"stream", picture.Blue}, {"gpu", picture.Orange}, {"matrix", picture.Green}} {
		p.Series = append(p.Series, picture.Series{Name: kind.scenario, Color: kind.color, Held: true, Values: r.inFlight(kind.scenario, last)})
	}
	if failed := r.failed(last); slices.Max(failed) > 0 {
		p.Series = append(p.Series, picture.Series{Name: "failed per second", Color: picture.Vermillion, Held: true, Values: failed})
	}
	return p
}

// inFlight adds up the requests of all loads of a scenario at each second until last.
func (r *recording) inFlight(scenario string, last int) picture.Values {
	sum := make(picture.Values, last+1)
	for _, l := range r.loads {
		if l.spec.scenario == scenario {
			for i, second := range l.report.Series.Seconds {
				r.add(sum, l, i, second.InFlight)
			}
		}
	}
	return sum
}

func (r *recording) failed(last int) picture.Values {
	sum := make(picture.Values, last+1)
	for _, l := range r.loads {
		for i, second := range l.report.Series.Seconds {
			for _, n := range second.Errors {
				r.add(sum, l, i, n)
			}
		}
	}
	return sum
}

// add counts n in the second that a load's second i ends nearest to.
func (r *recording) add(sum picture.Values, l playedLoad, i int, n int64) {
	at := int(math.Round(r.at(l.report.Series.Start))) + i + 1
	if at >= 0 && at < len(sum) {
		sum[at] += float64(n)
	}
}
