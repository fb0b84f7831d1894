package recording

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"userscale.dev/userscale/pkg/config"
)

// maxLine is the size of the longest line that is read, in bytes. The longest are those with the values of many pods.
const maxLine = 16 << 20

// ReadFile reads a recording from a file. The error names the file, the line and the field.
func ReadFile(path string) (*Recording, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	defer func() { _ = file.Close() }() // after reading
	r, err := Read(file)
	if err != nil {
		return nil, fmt.Errorf("recording %s: %w", path, err)
	}
	return r, nil
}

// Read reads a recording, and repairs nothing: whatever is not as this package says is an error, which names the line, the field, the
// value and what is allowed. The configuration gets its defaults. Whether the HPA is valid is for others to say.
func Read(from io.Reader) (*Recording, error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, maxLine)
	var r Recording
	var c *checker
	n := 1
	for ; lines.Scan(); n++ {
		var err error
		if n == 1 {
			r.Header, err = readHeader(lines.Bytes())
			c = newChecker(&r.Header)
		} else {
			var e Event
			if err = strictly(lines.Bytes(), &e); err == nil {
				err = c.event(&e)
			}
			r.Events = append(r.Events, e)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("line %d: longer than %d bytes, which is the limit", n, maxLine)
	case err != nil:
		return nil, err
	case n == 1:
		return nil, fmt.Errorf("nothing in it: allowed: a line with kind %q, then one for each event", Kind)
	}
	return &r, nil
}

func readHeader(line []byte) (Header, error) {
	var kind struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(line, &kind); err != nil {
		return Header{}, fmt.Errorf("not JSON: %w", err)
	}
	if kind.Kind != Kind {
		return Header{}, fmt.Errorf("kind %q: allowed: %q", kind.Kind, Kind)
	}
	var read struct {
		Header
		Configuration json.RawMessage `json:"configuration"`
	}
	if err := strictly(line, &read); err != nil {
		return Header{}, err
	}
	h := read.Header
	if len(read.Configuration) == 0 {
		return Header{}, errors.New("configuration is missing")
	}
	var err error
	if h.Configuration, err = config.Read(bytes.NewReader(read.Configuration), func(string) string { return "" }); err != nil {
		return Header{}, fmt.Errorf("configuration: %w", err)
	}
	return h, h.check()
}

// strictly decodes a line that is one value without unknown fields.
func strictly(line []byte, to any) error {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(to); err != nil {
		return fmt.Errorf("not JSON of its form: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value: allowed: one on a line")
	}
	return nil
}
