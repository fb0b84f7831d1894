package profile

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// The bounds of a trace.
const (
	maxTraceBytes = 64 << 20
	maxTraceLines = 1_000_000
)

const traceHeader = "t_seconds,value"

// readFile reads the trace in a file.
func readFile(name string) (Profile, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("allowed: trace: and a CSV file %s: %w", traceHeader, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	p, err := ReadTrace(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

// ReadTrace reads a recorded load: CSV with the header t_seconds,value, times from 0 on that rise, and levels. Each level holds up to
// the next time, so that counts per second stay the counts that they were; the last one for as long as the one before it. After that
// there is no load. Errors name the line.
func ReadTrace(in io.Reader) (Profile, error) {
	rows := csv.NewReader(io.LimitReader(in, maxTraceBytes))
	rows.ReuseRecord = true
	rows.FieldsPerRecord = 2
	header, err := rows.Read()
	if err != nil || strings.Join(header, ",") != traceHeader {
		return nil, fmt.Errorf("line 1: allowed: the header %s", traceHeader)
	}
	var corners []corner
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return trace(corners)
		}
		if err != nil {
			return nil, lineError(rows, err)
		}
		next, err := sample(row, corners)
		if err != nil {
			line, _ := rows.FieldPos(0)
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		corners = append(corners, next)
	}
}

// lineError says where a row is not two fields, in the same words as all others.
func lineError(rows *csv.Reader, err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return fmt.Errorf("line %d: allowed: %s, two numbers: %w", parse.Line, traceHeader, parse.Err)
	}
	return fmt.Errorf("after %d bytes: %w", rows.InputOffset(), err)
}

// sample reads one row, which follows earlier ones.
func sample(row []string, earlier []corner) (corner, error) {
	seconds, err := strconv.ParseFloat(row[0], 64)
	if err != nil || !(seconds >= 0 && seconds <= maxTime.Seconds()) {
		return corner{}, fmt.Errorf("t_seconds %q: allowed: a number from 0 to %.0f", row[0], maxTime.Seconds())
	}
	start := fromSeconds(seconds)
	switch {
	case len(earlier) >= maxTraceLines:
		return corner{}, fmt.Errorf("allowed: at most %d rows", maxTraceLines)
	case len(earlier) == 0 && start != 0:
		return corner{}, fmt.Errorf("t_seconds %q: allowed: 0 in the first row", row[0])
	case len(earlier) > 0 && start <= earlier[len(earlier)-1].start:
		return corner{}, fmt.Errorf("t_seconds %q: allowed: more than the row before, %v", row[0], earlier[len(earlier)-1].start.Seconds())
	}
	level, err := parseLevel(row[1])
	if err != nil {
		return corner{}, fmt.Errorf("value %q: %w", row[1], errLevel)
	}
	return corner{start, level, level}, nil
}

// trace joins samples, and ends with nothing.
func trace(samples []corner) (Profile, error) {
	if len(samples) < 2 {
		return nil, fmt.Errorf("%d rows: allowed: at least 2", len(samples))
	}
	last, before := samples[len(samples)-1].start, samples[len(samples)-2].start
	end := last + (last - before)
	p := join(append(samples, corner{end, 0, 0})...)
	p.length = end
	return p, nil
}
