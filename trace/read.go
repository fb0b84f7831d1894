package trace

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"time"
)

// Header is the first line of a trace.
const Header = "t_seconds,value"

// maxBytes is enough for MaxRows in any reasonable spelling.
const maxBytes = 64 << 20

// ReadFile reads the trace in a file. Errors name the file, the line, the value and what is allowed.
func ReadFile(name string) (*Trace, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err // it names the file
	}
	t, err := Read(file)
	_ = file.Close() // it was only read
	if err != nil {
		return nil, fmt.Errorf("trace %s: %w", name, err)
	}
	return t, nil
}

// Read reads CSV: the [Header], then times from 0 on in even steps, and values. Nothing is repaired and nothing is skipped: a row that
// is missing, out of order, negative, NaN or no number is an error that names its line.
func Read(in io.Reader) (*Trace, error) { return read(in, maxBytes) }

func read(in io.Reader, most int64) (*Trace, error) {
	limited := &io.LimitedReader{R: in, N: most + 1}
	r := reader{rows: csv.NewReader(limited), trace: &Trace{}}
	r.rows.ReuseRecord = true
	r.rows.FieldsPerRecord = -1 // counted below, in the words of all other errors
	err := r.header()
	for err == nil {
		err = r.row()
	}
	switch {
	case limited.N <= 0:
		return nil, fmt.Errorf("allowed: at most %d bytes", most)
	case !errors.Is(err, io.EOF):
		return nil, err
	case len(r.trace.Values) < 2:
		return nil, fmt.Errorf("%d rows: allowed: at least 2", len(r.trace.Values))
	}
	return r.trace, nil
}

type reader struct {
	rows  *csv.Reader
	trace *Trace // so far
}

func (r *reader) header() error {
	fields, err := r.rows.Read()
	switch {
	case errors.Is(err, io.EOF):
		return fmt.Errorf("is empty: allowed: the header %s, then rows", Header)
	case err != nil:
		return r.unreadable(err)
	case strings.HasPrefix(fields[0], "\ufeff"):
		return fmt.Errorf("line 1: begins with a byte order mark: allowed: UTF-8 without one, the header %s", Header)
	case strings.Join(fields, ",") != Header:
		return fmt.Errorf("line 1: %s: allowed: the header %s", quoted(strings.Join(fields, ",")), Header)
	}
	return nil
}

// row reads one more row; after the last one it returns io.EOF.
func (r *reader) row() error {
	fields, err := r.rows.Read()
	if errors.Is(err, io.EOF) {
		return err
	}
	if err != nil {
		return r.unreadable(err)
	}
	if err := r.add(fields); err != nil {
		line, _ := r.rows.FieldPos(0)
		return fmt.Errorf("line %d: %w", line, err)
	}
	return nil
}

// unreadable says where the text is no CSV, or the source failed.
func (r *reader) unreadable(err error) error {
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		return fmt.Errorf("line %d: %w: allowed: %s, two numbers", parse.Line, parse.Err, Header)
	}
	return fmt.Errorf("after %d bytes: %w", r.rows.InputOffset(), err)
}

func (r *reader) add(fields []string) error {
	if len(fields) != 2 {
		return fmt.Errorf("%s: %d fields: allowed: %s, two numbers", quoted(strings.Join(fields, ",")), len(fields), Header)
	}
	if len(r.trace.Values) >= MaxRows {
		return fmt.Errorf("allowed: at most %d rows", MaxRows)
	}
	at, err := parseTime(fields[0])
	if err == nil {
		err = r.inStep(at)
	}
	if err != nil {
		return fmt.Errorf("t_seconds %s: %w", quoted(fields[0]), err)
	}
	value, err := strconv.ParseFloat(fields[1], 64)
	if err != nil || !(value >= 0 && value <= MaxValue) { // a NaN is neither
		return fmt.Errorf("value %s: allowed: a number from 0 to %g", quoted(fields[1]), float64(MaxValue))
	}
	r.trace.Values = append(r.trace.Values, math.Abs(value)) // -0 is 0
	return nil
}

// quoted is a field for an error, as much of it as people read: a file that is no trace may be one long line.
func quoted(text string) string {
	const most = 80
	if len(text) <= most {
		return strconv.Quote(text)
	}
	return strconv.Quote(text[:most]) + " …"
}

func parseTime(text string) (time.Duration, error) {
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !(seconds >= 0 && seconds <= MaxLength.Seconds()) {
		return 0, fmt.Errorf("allowed: a number from 0 to %.0f", MaxLength.Seconds())
	}
	millis := math.Round(seconds * 1000)
	if math.Abs(seconds*1000-millis) > 1e-6*max(1, seconds) {
		return 0, errors.New("allowed: whole milliseconds")
	}
	return time.Duration(millis) * time.Millisecond, nil
}

// inStep checks a row's time against those before it: the first two rows make the step.
func (r *reader) inStep(at time.Duration) error {
	n := time.Duration(len(r.trace.Values))
	last := (n - 1) * r.trace.Step
	switch {
	case n == 0 && at != 0:
		return errors.New("allowed: 0 in the first row")
	case n > 0 && at <= last:
		return fmt.Errorf("allowed: more than the row before, %v", last.Seconds())
	case n == 1:
		r.trace.Step = at
	case at != n*r.trace.Step:
		return fmt.Errorf("allowed: %v, since the step is %v: no row may be missing", (n * r.trace.Step).Seconds(), r.trace.Step.Seconds())
	}
	return nil
}
