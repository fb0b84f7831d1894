package profile

import (
	"fmt"
	"time"

	"userscale.dev/userscale/trace"
)

// readFile reads the trace in a file.
func readFile(name string) (Profile, error) {
	t, err := trace.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("allowed: trace: and a CSV file %s: %w", trace.Header, err)
	}
	return Trace(t), nil
}

// Trace is a recorded load. Each level holds for a step, so that counts per second stay the counts that they were; after the last one
// there is no load.
func Trace(t *trace.Trace) *Piecewise {
	corners := make([]corner, 0, len(t.Values)+1)
	for i, level := range t.Values {
		corners = append(corners, corner{time.Duration(i) * t.Step, level, level})
	}
	p := join(append(corners, corner{t.Length(), 0, 0})...)
	p.length = t.Length()
	return p
}
