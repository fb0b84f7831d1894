package report

import (
	"bytes"
	"context"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/loadgen/internal/stats"
)

// fakeSource is idle in the first second and busy later.
type fakeSource struct {
	asked int
}

func (f *fakeSource) Live(time.Time) stats.Live {
	f.asked++
	if f.asked == 1 {
		return stats.Live{InFlight: 10}
	}
	return stats.Live{
		InFlight: 10, Errors: 3, Offered: 5, Rate: 4.96,
		Recent: &stats.Latency{P50: 2002 * ms, P95: 2018 * ms, P99: 2100 * ms},
	}
}

// watch runs p for so long, of a load that ends then.
func watch(t *testing.T, p *Progress, shown time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), shown)
		defer cancel()
		p.Run(ctx)
	})
}

func TestProgressInALog(t *testing.T) {
	var out bytes.Buffer
	watch(t, NewProgress(&out, &fakeSource{}, time.Minute), 14500*ms)
	want := `5s of 1m0s  offered 5.0/s  done 5.0/s  10 in flight  3 errors  p50 2s p95 2.02s p99 2.1s
10s of 1m0s  offered 5.0/s  done 5.0/s  10 in flight  3 errors  p50 2s p95 2.02s p99 2.1s
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
}

func TestFilesAndPipesAreNoTerminals(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if NewProgress(null, &fakeSource{}, time.Second).view != nil || NewProgress(&bytes.Buffer{}, &fakeSource{}, time.Second).view != nil {
		t.Error("taken for a terminal")
	}
}
