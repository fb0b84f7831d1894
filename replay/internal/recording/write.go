package recording

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Write writes the recording as JSON lines. The error names the first thing that could not be written.
func (r *Recording) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	if err := lines.Encode(&r.Header); err != nil {
		return fmt.Errorf("recording: header: %w", err)
	}
	for i := range r.Events {
		if err := lines.Encode(&r.Events[i]); err != nil {
			return errors.Join(fmt.Errorf("recording: event %d, at %g s: %w", i+1, r.Events[i].T, err), out.Flush())
		}
	}
	return out.Flush()
}
