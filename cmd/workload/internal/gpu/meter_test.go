package gpu

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// TestMeter compares with a list of all milliseconds, each busy or not.
func TestMeter(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	start := time.Now()
	var m meter
	var milliseconds []bool
	now := func() time.Time { return start.Add(time.Duration(len(milliseconds)) * ms) }
	check := func() {
		t.Helper()
		total, recent := 0, 0
		for i, busy := range milliseconds {
			if !busy {
				continue
			}
			total++
			if i >= len(milliseconds)-1000 {
				recent++
			}
		}
		if got := m.busy(now()); got != time.Duration(total)*ms {
			t.Fatalf("after %d ms: busy %v, want %d ms", len(milliseconds), got, total)
		}
		if got := m.utilization(now()); math.Abs(got-float64(recent)/1000) > 1e-9 {
			t.Fatalf("after %d ms: utilisation %v, want %v", len(milliseconds), got, float64(recent)/1000)
		}
	}
	pass := func(n int, busy bool) {
		for range n {
			milliseconds = append(milliseconds, busy)
		}
	}
	for range 100 {
		pass(random.IntN(100), false)
		check()
		m.start(now())
		pass(random.IntN(1500), true)
		check() // in the middle of a slice
		pass(random.IntN(10), true)
		m.stop(now())
		check()
	}
	if len(m.recent) > 100 {
		t.Errorf("%d slices are remembered, want those of a second", len(m.recent))
	}
}
