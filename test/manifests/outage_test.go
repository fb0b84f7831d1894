package manifests

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/pkg/config"
)

// TestOutageOverlay: the outage is played with what is shipped, but for the GPU metric's maxAge.
func TestOutageOverlay(t *testing.T) {
	want, got := load(t, build(t, "../e2e/gpu")), load(t, build(t, "../e2e/gpu-outage"))
	want.Metrics[1].MaxAge = &config.Duration{Duration: 25 * time.Second}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
