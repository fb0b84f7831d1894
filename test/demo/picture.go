package main

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"userscale.dev/userscale/picture"
	"userscale.dev/userscale/test/observe"
	"userscale.dev/userscale/test/summary"
)

// recording is all that a run left behind.
type recording struct {
	began        time.Time
	settings     settings
	observations []observe.Observation
	rescales     []observe.Rescale
	warnings     []observe.Warning
	marks        []mark
	loads        []playedLoad
	checks       []summary.Check
}

// writePicture stores what the users did, what the HPA read of it and what it decided: timeline.html to look at, timeline.json to
// compute with.
func (r *recording) writePicture(dir string) error {
	p := r.picture()
	page, err := os.Create(filepath.Join(dir, "timeline.html"))
	if err != nil {
		return fmt.Errorf("create the picture: %w", err)
	}
	if err := p.WriteHTML(page); err != nil {
		return err
	}
	if err := page.Close(); err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	data, err := os.Create(filepath.Join(dir, "timeline.json"))
	if err != nil {
		return fmt.Errorf("create the picture's data: %w", err)
	}
	if err := p.WriteJSON(data); err != nil {
		return err
	}
	if err := data.Close(); err != nil {
		return fmt.Errorf("write the picture's data: %w", err)
	}
	return nil
}

func (r *recording) picture() *picture.Picture {
	return &picture.Picture{
		Title:   "Userscale: one run of the demo",
		Remarks: r.failures(),
		Facts:   r.facts(),
		Start:   r.began,
		Phases:  r.phases(),
		Panels:  []picture.Panel{r.load(), r.users(), r.gpu(), r.cpu(), r.signals(), r.replicas()},
		Tables:  []picture.Table{r.expectations()},
	}
}

func (r *recording) failures() []string {
	var failed []string
	for _, c := range r.checks {
		if !c.OK {
			failed = append(failed, fmt.Sprintf("Not as expected: %s: want %s, got %s %s", c.Name, c.Want, c.Got, c.Unit))
		}
	}
	return failed
}

func (r *recording) facts() []picture.Fact {
	s := r.settings
	met := 0
	for _, c := range r.checks {
		if c.OK {
			met++
		}
	}
	return []picture.Fact{
		{Name: "HPA", Value: namespace + "/" + workload},
		{Name: "replicas", Value: fmt.Sprintf("%d to %d", s.min, s.max)},
		{Name: "steps per 15 s", Value: fmt.Sprintf("+%d, −%d", s.stepUp, s.stepDown)},
		{Name: "users per pod", Value: fmt.Sprintf("%g", s.usersTarget)},
		{Name: "half-life of a rise", Value: s.riseHalfLife.String()},
		{Name: "as expected", Value: fmt.Sprintf("%d of %d", met, len(r.checks))},
	}
}

func (r *recording) phases() []picture.Moment {
	var phases []picture.Moment
	for _, m := range r.marks {
		phases = append(phases, picture.Moment{At: r.at(m.time), Name: m.name, Text: m.expect})
	}
	return phases
}

func (r *recording) users() picture.Panel {
	return r.panel("users", "",
		r.line("raw", picture.Grey, rawTotal(observe.Users)).thin(),
		r.line("smoothed", picture.Blue, smoothedTotal(observe.Users)),
		r.line("target × ready pods", picture.Green, capacity(observe.Users)).held().dashed(),
	)
}

func (r *recording) gpu() picture.Panel {
	return r.panel("GPU", "% of one GPU, all pods",
		r.line("raw", picture.Grey, rawTotal(observe.GPU)).thin(),
		r.line("smoothed", picture.Orange, smoothedTotal(observe.GPU)),
		r.line("target × ready pods", picture.Green, capacity(observe.GPU)).held().dashed(),
	)
}

func (r *recording) cpu() picture.Panel {
	p := r.panel("CPU", "% of the pods' requests", r.line("as the HPA read it", picture.Green, func(o observe.Observation) (float64, bool) {
		m, ok := o.Metrics[observe.CPU]
		return m.Average, ok
	}).held())
	if target, ok := r.target(observe.CPU); ok {
		p.Limits = []picture.Limit{{Name: "target", Value: target}}
	}
	return p
}

func (r *recording) signals() picture.Panel {
	p := r.panel("signals", "% of their targets, as the HPA read them",
		r.line("users", picture.Blue, ofTarget(observe.Users)).held(),
		r.line("GPU", picture.Orange, ofTarget(observe.GPU)).held(),
		r.line("CPU", picture.Green, ofTarget(observe.CPU)).held(),
	)
	p.Bands = []picture.Band{{Name: "tolerated: no change", Low: 100 * lowerBand, High: 100}}
	p.Limits = []picture.Limit{{Name: "out: any above", Value: 100}, {Name: "in: all below", Value: 100 * lowerBand}}
	return p
}

func (r *recording) replicas() picture.Panel {
	s := r.settings
	count := func(of func(observe.Observation) int32) func(observe.Observation) (float64, bool) {
		return func(o observe.Observation) (float64, bool) { return float64(of(o)), true }
	}
	p := r.panel("replicas", "",
		r.line("desired", picture.Orange, count(func(o observe.Observation) int32 { return o.Desired })).held(),
		r.line("ready", picture.Blue, count(func(o observe.Observation) int32 { return o.Ready })).held(),
	)
	p.Limits = []picture.Limit{{Name: "min", Value: float64(s.min)}, {Name: "max", Value: float64(s.max)}}
	p.Ranges = []picture.Range{{
		Name: "within one step",
		Low:  r.values(count(func(o observe.Observation) int32 { return max(s.min, o.Current-s.stepDown) })),
		High: r.values(count(func(o observe.Observation) int32 { return min(s.max, o.Current+s.stepUp) })),
	}}
	p.Events, p.Notes = r.decisions(), r.reasons()
	return p
}

// decisions are the HPA's rescales, with its reason and what it had read, and its warnings.
func (r *recording) decisions() []picture.Moment {
	var events []picture.Moment
	for _, d := range r.rescales {
		text := d.Reason
		if readings := readings(d.Metrics); readings != "" {
			text += "\n" + readings
		}
		events = append(events, picture.Moment{At: r.at(d.Time), Name: fmt.Sprintf("%d→%d", d.From, d.To), Text: text})
	}
	for _, w := range r.warnings {
		events = append(events, picture.Moment{At: r.at(w.Time), Name: w.Reason, Text: w.Message})
	}
	slices.SortStableFunc(events, func(a, b picture.Moment) int { return cmp.Compare(a.At, b.At) })
	return events
}

func readings(metrics map[string]observe.Metric) string {
	var words []string
	for _, signal := range []struct{ name, metric string }{{"users", observe.Users}, {"GPU", observe.GPU}, {"CPU", observe.CPU}} {
		if m, ok := metrics[signal.metric]; ok {
			words = append(words, fmt.Sprintf("%s %.0f %%", signal.name, 100*m.Ratio()))
		}
	}
	if len(words) == 0 {
		return ""
	}
	return strings.Join(words, ", ") + " of target"
}

// reasons are what the HPA's conditions say, each until the next.
func (r *recording) reasons() []picture.Moment {
	var notes []picture.Moment
	last := ""
	for _, o := range r.observations {
		reason := cmp.Or(o.Reason, "nothing holds it back")
		if reason != last {
			notes = append(notes, picture.Moment{At: r.at(o.Time), Name: "the HPA's conditions", Text: reason})
		}
		last = reason
	}
	return notes
}

func (r *recording) expectations() picture.Table {
	t := picture.Table{Title: "Expectations", Header: []string{"", "what", "want", "got"}}
	for _, c := range r.checks {
		verdict := "ok"
		if !c.OK {
			verdict = "FAIL"
		}
		t.Rows = append(t.Rows, []string{verdict, c.Name, c.Want, strings.TrimSpace(c.Got + " " + c.Unit)})
	}
	return t
}

// at is a moment on the picture's time axis, to the millisecond.
func (r *recording) at(t time.Time) float64 {
	return math.Round(t.Sub(r.began).Seconds()*1000) / 1000
}

// target is a metric's target, if the HPA ever reported it.
func (r *recording) target(metric string) (float64, bool) {
	for _, o := range r.observations {
		if m, ok := o.Metrics[metric]; ok {
			return m.Target, true
		}
	}
	return 0, false
}
