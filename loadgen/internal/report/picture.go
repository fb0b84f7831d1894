package report

import (
	"fmt"
	"strings"

	"userscale.dev/userscale/loadgen/internal/request"
	"userscale.dev/userscale/loadgen/internal/stats"
	"userscale.dev/userscale/picture"
)

// errorColors go round if there are more kinds of errors.
var errorColors = []picture.Color{picture.Vermillion, picture.Purple, picture.Orange, picture.Sky, picture.Grey}

// Picture is the run to look at.
func (r *Result) Picture() *picture.Picture {
	times := ends(r)
	p := &picture.Picture{
		Title:  "Load: " + strings.Join(r.targets(), ", "),
		Facts:  r.facts(),
		Start:  r.Series.Start,
		Phases: r.phases(),
		Panels: []picture.Panel{r.ratePanel(times), r.latencyPanel(times), r.inFlightPanel(times)},
		Tables: []picture.Table{{
			Title: "Latency", Header: append([]string{"of", "count"}, quantileNames...), Rows: r.latencyRows(),
		}},
	}
	if r.Interrupted {
		p.Remarks = []string{"The run was interrupted after " + words3(r.ElapsedSeconds) + "."}
	}
	if kinds := kindsOf(r.Series.Seconds); len(kinds) > 0 {
		p.Panels = append(p.Panels, r.errorPanel(times, kinds))
	}
	p.Panels = append(p.Panels, r.cpuPanel(times))
	if len(r.ErrorsByKind) > 0 {
		p.Tables = append(p.Tables, r.errorTable())
	}
	return p
}

func (r *Result) facts() []picture.Fact {
	return []picture.Fact{
		{Name: "load", Value: r.loop()},
		{Name: "requests", Value: fmt.Sprintf("%d in %s, %.1f/s", r.Requests, words3(r.ElapsedSeconds), r.Rate)},
		{Name: "successes", Value: fmt.Sprint(r.Successes)},
		{Name: "errors", Value: fmt.Sprint(r.Errors)},
		{Name: "cut off", Value: fmt.Sprint(r.CutOff)},
		{Name: "connections", Value: fmt.Sprint(r.Connections)},
		{Name: "own CPU", Value: r.ownCPU()},
	}
}

// phases tell the warm-up from the load, and the load from the wait for its last answers.
func (r *Result) phases() []picture.Moment {
	load := picture.Moment{Name: "load"}
	var phases []picture.Moment
	if warmUp := r.Series.WarmUpSeconds; warmUp > 0 {
		phases = append(phases, picture.Moment{Name: "warm-up", Text: "not in the latencies of the summary"})
		load.At = warmUp
	}
	phases = append(phases, load)
	if over := r.DurationSeconds; r.ElapsedSeconds > over+1 && over >= load.At {
		phases = append(phases, picture.Moment{At: over, Name: "last answers", Text: "no request is due any more"})
	}
	return phases
}

func (r *Result) ratePanel(times []float64) picture.Panel {
	p := picture.Panel{Title: "rate", Unit: "requests per second", Times: times}
	if r.open() {
		p.Series = append(p.Series, picture.Series{Name: "planned", Color: picture.Grey, Dashed: true, Values: r.rates(times, planned)})
	}
	p.Series = append(p.Series,
		picture.Series{Name: "offered", Color: picture.Sky, Values: r.rates(times, offered)},
		picture.Series{Name: "done", Color: picture.Blue, Values: r.rates(times, ended)},
		picture.Series{Name: "errors", Color: picture.Vermillion, Values: r.rates(times, errorsIn)},
	)
	return p
}

func (r *Result) latencyPanel(times []float64) picture.Panel {
	return picture.Panel{Title: "latency, from when requests were due", Unit: picture.Seconds, Log: true, Times: times, Series: []picture.Series{
		{Name: "p99", Color: picture.Vermillion, Values: r.curve(times, p99)},
		{Name: "p95", Color: picture.Orange, Values: r.curve(times, p95)},
		{Name: "p50", Color: picture.Blue, Values: r.curve(times, p50)},
	}}
}

func (r *Result) inFlightPanel(times []float64) picture.Panel {
	p := picture.Panel{Title: "in flight", Unit: "requests", Times: times}
	if !r.open() {
		p.Series = append(p.Series, picture.Series{Name: "users planned", Color: picture.Grey, Dashed: true, Values: r.rates(times, planned)})
	}
	p.Series = append(p.Series, picture.Series{Name: "in flight", Color: picture.Blue, Values: r.curve(times, inFlight)})
	return p
}

func (r *Result) errorPanel(times []float64, kinds []request.Kind) picture.Panel {
	p := picture.Panel{Title: "errors", Unit: "per second", Times: times}
	for i, kind := range kinds {
		of := func(s *stats.Second) float64 { return float64(s.Errors[kind]) }
		p.Series = append(p.Series, picture.Series{Name: string(kind), Color: errorColors[i%len(errorColors)], Values: r.rates(times, of)})
	}
	return p
}

func (r *Result) cpuPanel(times []float64) picture.Panel {
	return picture.Panel{Title: "the load generator's own CPU", Unit: "% of a core", Times: times, Series: []picture.Series{
		{Name: "CPU", Color: picture.Green, Values: r.rates(times, cores)},
	}}
}

func (r *Result) errorTable() picture.Table {
	t := picture.Table{Title: "Errors", Header: []string{"kind", "count", "the first one"}}
	for _, kind := range r.kinds() {
		t.Rows = append(t.Rows, []string{string(kind), fmt.Sprint(r.ErrorsByKind[kind]), strings.TrimSpace(r.ErrorExamples[kind])})
	}
	return t
}
