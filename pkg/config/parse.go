package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v2"
)

// parse reads the one document of YAML, the same that kubectl reads. Its errors name lines, for a document that is not YAML has no
// fields.
func parse(data []byte) (any, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.SetStrict(true) // a key given twice is an error
	var document any
	for n := 0; ; {
		var next any
		err := decoder.Decode(&next)
		switch {
		case errors.Is(err, io.EOF) && document == nil:
			return nil, errNoDocument
		case errors.Is(err, io.EOF):
			return document, nil
		case err != nil:
			return nil, fmt.Errorf("not one document of YAML or JSON: %w", err)
		case next == nil: // comments between two ---
			continue
		}
		if n++; n > 1 {
			return nil, errors.New("more than one document: a configuration is one, without --- between its parts")
		}
		document = next
	}
}
