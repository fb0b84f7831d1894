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
		InFlight: 10, Errors: 3, Rate: 4.96,
		Recent: &stats.Latency{P50: 2002 * ms, P95: 2018 * ms, P99: 2100 * ms},
	}
}

// progress shows fakeSource for so long.
func progress(t *testing.T, terminal bool, shown time.Duration) string {
	var out bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), shown)
		defer cancel()
		p := NewProgress(&out, &fakeSource{}, time.Minute)
		p.terminal = terminal
		p.Run(ctx)
	})
	return out.String()
}

func TestProgressInALog(t *testing.T) {
	want := `5s of 1m0s  5.0/s  10 in flight  3 errors  p50 2s p95 2.02s p99 2.1s
10s of 1m0s  5.0/s  10 in flight  3 errors  p50 2s p95 2.02s p99 2.1s
`
	if diff := cmp.Diff(want, progress(t, false, 14500*ms)); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
}

func TestProgressOnATerminal(t *testing.T) {
	want := clearLine + "1s of 1m0s  0.0/s  10 in flight  0 errors" +
		clearLine + "2s of 1m0s  5.0/s  10 in flight  3 errors  p50 2s p95 2.02s p99 2.1s" +
		clearLine
	if diff := cmp.Diff(want, progress(t, true, 2500*ms)); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
}

func TestFilesAndPipesAreNoTerminals(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if NewProgress(null, &fakeSource{}, time.Second).terminal || NewProgress(&bytes.Buffer{}, &fakeSource{}, time.Second).terminal {
		t.Error("taken for a terminal")
	}
}
