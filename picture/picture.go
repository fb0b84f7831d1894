// Package picture is a picture of a run: curves over one time axis, what bounds them, and what happened. A [Picture] is a plain value
// that has a JSON form and renders to one HTML page which holds all it needs: it works from a file, without a network.
//
// Absent is never zero: where there is no value a curve has a gap.
package picture

import "time"

// Picture is what a run looked like. All its moments are seconds since Start, which is zero where time was not that of a clock.
type Picture struct {
	Title   string    `json:"title"`
	Remarks []string  `json:"remarks,omitempty"` // what must be known before looking at the curves
	Facts   []Fact    `json:"facts,omitempty"`   // what was run, and what came of it
	Start   time.Time `json:"start,omitzero"`
	Phases  []Moment  `json:"phases,omitempty"` // each lasts until the next one, in all panels
	Panels  []Panel   `json:"panels"`
	Tables  []Table   `json:"tables,omitempty"`
}

// Fact is a name and its value, in words.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Moment is when something happened, or began.
type Moment struct {
	At   float64 `json:"at"`
	Name string  `json:"name"`           // a word or two
	Text string  `json:"text,omitempty"` // all of it
}

// Panel is one plot: series sampled at the same moments. All panels of a picture share the time axis.
type Panel struct {
	Title  string    `json:"title"`
	Unit   string    `json:"unit,omitempty"` // of its values; those in Seconds are shown as durations
	Log    bool      `json:"log,omitempty"`  // logarithmic: all values must be above 0; otherwise the axis begins at 0, or below
	Times  []float64 `json:"times"`          // when the values were taken, each later than the one before
	Series []Series  `json:"series"`
	Ranges []Range   `json:"ranges,omitempty"`
	Bands  []Band    `json:"bands,omitempty"`
	Limits []Limit   `json:"limits,omitempty"`
	Events []Moment  `json:"events,omitempty"` // marked in the plot, with their text where the cursor is on them, and listed below it
	Notes  []Moment  `json:"notes,omitempty"`  // words that hold until the next ones, shown at the cursor
}

// Seconds is the unit of durations.
const Seconds = "s"

// Series is one curve.
type Series struct {
	Name   string `json:"name"`
	Color  Color  `json:"color,omitempty"` // none: the next one of the palette
	Held   bool   `json:"held,omitempty"`  // a value holds until the next one: the curve is a staircase
	Thin   bool   `json:"thin,omitempty"`
	Dashed bool   `json:"dashed,omitempty"`
	Values Values `json:"values"` // one for each of the panel's times
}

// Range is where values may lie, from moment to moment.
type Range struct {
	Name string `json:"name"`
	Low  Values `json:"low"` // one for each of the panel's times; absent in both or neither
	High Values `json:"high"`
}

// Band is where values may lie all the time.
type Band struct {
	Name string  `json:"name"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Limit is a value that others are measured by.
type Limit struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// Table is text in rows. Columns of numbers are set flush right.
type Table struct {
	Title  string     `json:"title"`
	Header []string   `json:"header"`
	Rows   [][]string `json:"rows"` // each as long as the header
}

// Color is a colour by its name.
type Color string

// The palette of Okabe and Ito, which people tell apart whatever their colour vision; Grey is for what stands behind.
const (
	Blue       Color = "blue"
	Orange     Color = "orange"
	Green      Color = "green"
	Vermillion Color = "vermillion"
	Purple     Color = "purple"
	Sky        Color = "sky"
	Grey       Color = "grey"
)

func (c Color) known() bool {
	switch c {
	case "", Blue, Orange, Green, Vermillion, Purple, Sky, Grey:
		return true
	}
	return false
}
