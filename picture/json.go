package picture

import (
	"encoding/json"
	"fmt"
	"io"
)

// WriteJSON writes p for programs. [encoding/json] reads it back.
func (p *Picture) WriteJSON(w io.Writer) error {
	if err := p.Validate(); err != nil {
		return fmt.Errorf("draw %q: %w", p.Title, err)
	}
	return json.NewEncoder(w).Encode(p)
}
