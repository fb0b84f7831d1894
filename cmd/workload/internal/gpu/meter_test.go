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
	var finished time.Duration // busy time but for the slice in progress
	now := func() time.Time { return start.Add(time.Duration(len(milliseconds)) * ms) }
	check := func() {
		t.Helper()
		recent := 0
		for i, busy := range milliseconds {
			if !busy {
				continue
			}
			if i >= len(milliseconds)-1000 {
				recent++
			}
		}
		if got := m.busy(); got != finished {
			t.Fatalf("after %d ms: busy %v, want %v", len(milliseconds), got, finished)
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
		length := random.IntN(1500)
		pass(length, true)
		check() // in the middle of a slice
		m.stop(now(), time.Duration(length)*ms)
		finished += time.Duration(length) * ms
		check()
	}
	if len(m.recent) > 100 {
		t.Errorf("%d slices are remembered, want those of a second", len(m.recent))
	}
}

// TestMeterLateStart: the GPU began later than it was asked to, and what it says it was busy for counts.
func TestMeterLateStart(t *testing.T) {
	var m meter
	start := time.Now()
	for i := range 100 {
		m.start(start.Add(time.Duration(i) * 10 * ms))
		m.stop(start.Add(time.Duration(i+1)*10*ms), 9*ms)
	}
	if got := m.busy(); got != 900*ms {
		t.Errorf("busy %v, want 900ms", got)
	}
	if got := m.utilization(start.Add(time.Second)); math.Abs(got-0.9) > 1e-9 {
		t.Errorf("utilisation = %v, want 0.9", got)
	}
}

// TestMeterLateNotice: the end of a slice is noticed late, when the next one has long begun. None of either is lost, nor is more than all
// of the time busy.
func TestMeterLateNotice(t *testing.T) {
	var m meter
	start := time.Now()
	for i := range 200 {
		m.start(start.Add(time.Duration(i) * 10 * ms))
		m.stop(start.Add(time.Duration(i)*10*ms+9*ms), 5*ms)
		m.start(start.Add(time.Duration(i)*10*ms + 9*ms))
		m.stop(start.Add(time.Duration(i)*10*ms+10*ms), 5*ms)
	}
	if got := m.busy(); got != 2*time.Second {
		t.Errorf("busy %v, want 2s", got)
	}
	if got := m.utilization(start.Add(2 * time.Second)); got != 1 {
		t.Errorf("utilisation = %v, want 1", got)
	}
}
