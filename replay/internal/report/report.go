// Package report shows what came of replays: as text for people, JSON and CSV for programs, and one self-contained HTML page.
package report

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"userscale.dev/userscale/picture"
	"userscale.dev/userscale/replay/internal/score"
	"userscale.dev/userscale/replay/internal/timeline"
)

// Report is what can be shown.
type Report interface {
	WriteText(w io.Writer) error
	JSON() any
	CSV() [][]string // the header first
	Picture() *picture.Picture
}

// Files are where a report goes besides the terminal; empty ones are not written.
type Files struct{ JSON, CSV, HTML string }

// Write writes the files and shows a report on out, each whether or not the others could be. The error names the file.
func Write(r Report, out io.Writer, files Files) error {
	var errs []error
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{files.JSON, func(w io.Writer) error { return json.NewEncoder(w).Encode(r.JSON()) }},
		{files.CSV, func(w io.Writer) error { return csv.NewWriter(w).WriteAll(r.CSV()) }},
		{files.HTML, func(w io.Writer) error { return r.Picture().WriteHTML(w) }},
	} {
		if f.name == "" {
			continue
		}
		errs = append(errs, writeFile(f.name, f.write))
	}
	if err := r.WriteText(out); err != nil {
		errs = append(errs, fmt.Errorf("write the report: %w", err))
	}
	return errors.Join(errs...)
}

func writeFile(name string, write func(io.Writer) error) error {
	file, err := os.Create(name)
	if err != nil {
		return err // it names the file
	}
	err = write(file)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// number shows a value for people; an absent one is a dash.
func number(v score.Value) string {
	x, known := v.Get()
	if !known {
		return "–"
	}
	return strconv.FormatFloat(x, 'f', 2, 64)
}

// cell shows a value for programs, in full; an absent one is empty.
func cell(v score.Value) string {
	x, known := v.Get()
	if !known {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// curve is what a picture has of a value over time.
func curve(points []timeline.Point, of func(*timeline.Point) timeline.Value) picture.Values {
	values := make(picture.Values, len(points))
	for i := range points {
		values[i] = of(&points[i]).Or(picture.Absent())
	}
	return values
}
