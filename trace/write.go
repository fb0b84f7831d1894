package trace

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
)

// Write writes t in the form that [Read] reads, which gives the same trace again.
func (t *Trace) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, Header) // a bufio.Writer keeps its first error
	for i, value := range t.Values {
		at := float64(i) * t.Step.Seconds()
		fmt.Fprintf(out, "%s,%s\n", strconv.FormatFloat(at, 'f', -1, 64), strconv.FormatFloat(value, 'g', -1, 64))
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write a trace: %w", err)
	}
	return nil
}
