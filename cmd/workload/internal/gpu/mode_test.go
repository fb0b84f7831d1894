//go:build !(cuda && linux)

package gpu

import (
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	const static = "this build is static and can't load CUDA: the image workload-cuda can, as does `make bin/workload-cuda` on Linux"
	tests := []struct {
		mode   Mode
		want   Mode
		reason string
		err    string
	}{
		{mode: Simulate, want: Simulate},
		{mode: Auto, want: Simulate, reason: static},
		{mode: CUDA, err: static},
		{mode: "tpu", err: `"tpu" is not one of`},
	}
	for _, tt := range tests {
		got, err := Open(tt.mode)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("Open(%q): err = %v, want one with %q", tt.mode, err, tt.err)
			}
			continue
		}
		if err != nil || got.Mode != tt.want || got.Reason != tt.reason || got.Device == nil {
			t.Errorf("Open(%q) = %+v, %v, want mode %q because %q", tt.mode, got, err, tt.want, tt.reason)
		}
	}
}
