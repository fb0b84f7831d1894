package main

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"userscale.dev/userscale/test/observe"
)

// curve is one line of a panel; a moment without a value leaves a gap.
type curve struct {
	name  string
	value func(observe.Observation) (float64, bool)
	color color.Color
	width vg.Length
	dash  bool
	step  bool
}

// panel is one of the stacked plots; all share the time axis.
type panel struct {
	title  string
	curves []curve
}

// Colours that stay apart for colour-blind readers (Okabe and Ito).
var (
	blue   = color.RGBA{0, 114, 178, 255}
	orange = color.RGBA{230, 159, 0, 255}
	green  = color.RGBA{0, 158, 115, 255}
	grey   = color.RGBA{150, 150, 150, 255}
)

func panels(s settings) []panel {
	total := func(of func(observe.Observation) map[string]float64, name string) func(observe.Observation) (float64, bool) {
		return func(o observe.Observation) (float64, bool) { v, ok := of(o)[name]; return v, ok }
	}
	raw := func(o observe.Observation) map[string]float64 { return o.Raw }
	smoothed := func(o observe.Observation) map[string]float64 { return o.Smoothed }
	ratio := func(name string) func(observe.Observation) (float64, bool) {
		return func(o observe.Observation) (float64, bool) { m, ok := o.Metrics[name]; return 100 * m.Ratio(), ok }
	}
	constant := func(v float64) func(observe.Observation) (float64, bool) {
		return func(observe.Observation) (float64, bool) { return v, true }
	}
	count := func(of func(observe.Observation) int32) func(observe.Observation) (float64, bool) {
		return func(o observe.Observation) (float64, bool) { return float64(of(o)), true }
	}
	return []panel{
		{"users", []curve{
			{name: "raw", value: total(raw, observe.Users), color: grey, width: 1},
			{name: "smoothed", value: total(smoothed, observe.Users), color: blue, width: 2},
			{name: fmt.Sprintf("capacity (%g per ready pod)", s.usersTarget), color: green, width: 1, dash: true, step: true,
				value: func(o observe.Observation) (float64, bool) { return float64(o.Ready) * s.usersTarget, true }},
		}},
		{"GPU, % of one GPU, all pods", []curve{
			{name: "raw", value: total(raw, observe.GPU), color: grey, width: 1},
			{name: "smoothed", value: total(smoothed, observe.GPU), color: orange, width: 2},
		}},
		{"signal, % of its target", []curve{
			{name: "users", value: ratio(observe.Users), color: blue, width: 1.5, step: true},
			{name: "GPU", value: ratio(observe.GPU), color: orange, width: 1.5, step: true},
			{name: "CPU", value: ratio(observe.CPU), color: green, width: 1.5, step: true},
			{name: "scale-out above", value: constant(100), color: grey, width: 1, dash: true},
			{name: "scale-in below", value: constant(100 * lowerBand), color: grey, width: 1, dash: true},
		}},
		{"replicas", []curve{
			{name: "desired", value: count(func(o observe.Observation) int32 { return o.Desired }), color: orange, width: 2, step: true},
			{name: "ready", value: count(func(o observe.Observation) int32 { return o.Ready }), color: blue, width: 2, step: true},
			{name: "min, max", value: constant(float64(s.min)), color: grey, width: 1, dash: true},
			{value: constant(float64(s.max)), color: grey, width: 1, dash: true},
		}},
	}
}

// plotTimeline draws timeline.png: what the users did, what the HPA read of it, and what it decided.
func plotTimeline(dir string, began time.Time, s settings, observations []observe.Observation, marks []mark) error {
	if len(observations) == 0 {
		return fmt.Errorf("nothing was observed, so there is nothing to draw")
	}
	end := observations[len(observations)-1].Time.Sub(began).Seconds()
	var rows [][]*plot.Plot
	for i, p := range panels(s) {
		drawn, err := drawPanel(p, began, observations, marks, i == 0)
		if err != nil {
			return fmt.Errorf("draw %s: %w", p.title, err)
		}
		drawn.X.Min, drawn.X.Max = 0, end
		rows = append(rows, []*plot.Plot{drawn})
	}
	canvas := vgimg.NewWith(vgimg.UseWH(12*vg.Inch, 11*vg.Inch), vgimg.UseDPI(100))
	tiles := draw.Tiles{Rows: len(rows), Cols: 1, PadX: vg.Points(6), PadY: vg.Points(10), PadTop: vg.Points(6), PadBottom: vg.Points(6), PadLeft: vg.Points(6), PadRight: vg.Points(12)}
	for i, row := range plot.Align(rows, tiles, draw.New(canvas)) {
		rows[i][0].Draw(row[0])
	}
	return writePNG(filepath.Join(dir, "timeline.png"), canvas)
}

func drawPanel(p panel, began time.Time, observations []observe.Observation, marks []mark, labelled bool) (*plot.Plot, error) {
	drawn := plot.New()
	drawn.Title.Text, drawn.Y.Min = p.title, 0
	drawn.Legend.Top, drawn.Legend.Left = true, true
	drawn.X.Tick.Marker = minutes{}
	for _, c := range p.curves {
		for i, points := range segments(c, began, observations) {
			line, err := plotter.NewLine(points)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
			line.Color, line.Width = c.color, vg.Points(float64(c.width))
			if c.dash {
				line.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
			}
			if c.step {
				line.StepStyle = plotter.PostStep
			}
			drawn.Add(line)
			if i == 0 && c.name != "" {
				drawn.Legend.Add(c.name, line)
			}
		}
	}
	if labelled {
		drawn.Y.Max *= 1.3 // room for the phases' names above the legend
		drawn.Legend.YOffs = -vg.Points(20)
	}
	return drawn, addMarks(drawn, began, marks, labelled)
}

// addMarks draws a thin line where each phase begins, with its name in the first panel.
func addMarks(p *plot.Plot, began time.Time, marks []mark, labelled bool) error {
	var names plotter.XYLabels
	for _, m := range marks {
		x := m.time.Sub(began).Seconds()
		line, err := plotter.NewLine(plotter.XYs{{X: x, Y: 0}, {X: x, Y: p.Y.Max}})
		if err != nil {
			return fmt.Errorf("phase %s: %w", m.name, err)
		}
		line.Color, line.Width = color.RGBA{200, 200, 200, 255}, vg.Points(0.5)
		p.Add(line)
		names.XYs, names.Labels = append(names.XYs, plotter.XY{X: x, Y: 0.95 * p.Y.Max}), append(names.Labels, " "+m.name)
	}
	if !labelled {
		return nil
	}
	labels, err := plotter.NewLabels(names)
	if err != nil {
		return fmt.Errorf("phase names: %w", err)
	}
	p.Add(labels)
	return nil
}

// segments splits a curve where it has no value.
func segments(c curve, began time.Time, observations []observe.Observation) []plotter.XYs {
	var out []plotter.XYs
	open := false
	for _, o := range observations {
		v, ok := c.value(o)
		if ok && !open {
			out = append(out, nil)
		}
		if open = ok; ok {
			out[len(out)-1] = append(out[len(out)-1], plotter.XY{X: o.Time.Sub(began).Seconds(), Y: v})
		}
	}
	return out
}

// minutes puts a tick at each minute.
type minutes struct{}

// Ticks implements plot.Ticker over seconds.
func (minutes) Ticks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for m := 0; float64(60*m) <= high; m++ {
		if float64(60*m) >= low {
			ticks = append(ticks, plot.Tick{Value: float64(60 * m), Label: fmt.Sprintf("%d min", m)})
		}
	}
	return ticks
}

func writePNG(path string, canvas *vgimg.Canvas) error {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("create the picture: %w", err)
	}
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(file); err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	return nil
}
